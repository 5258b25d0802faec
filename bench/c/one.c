/* one: writes one byte to standard output and ends; what the inetd benchmarks start for each connection. */
#include <unistd.h>

int main(void) {
    return write(1, "x", 1) == 1 ? 0 : 1;
}
