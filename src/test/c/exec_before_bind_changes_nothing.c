/* A program that starts the daemon, as scripts do, passes the library on. */
#include "preload.h"

int main(int count, char **arguments) {
    if (count == 2) {
        CHECK(getenv("LD_PRELOAD") != NULL);
        listening("::", 80);
        return exists("web") ? 0 : 1;
    }
    execl("/proc/self/exe", arguments[0], "child", (char *)NULL);
    return 1;
}
