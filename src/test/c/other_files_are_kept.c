/* What is no socket at the path is not removed: EADDRINUSE. */
#include "preload.h"

int main(void) {
    CHECK(close(open("web", O_WRONLY | O_CREAT, 0600)) == 0);
    union address address;
    socklen_t length = address_of(&address, "::", 80);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    FAILS(bind(fd, &address.any, length), EADDRINUSE);
    CHECK(exists("web"));
    length = sizeof address;
    CHECK(getsockname(fd, &address.any, &length) == 0 && address.v6.sin6_port == 0);
    return 0;
}
