/* Other addresses, ports and protocols bind as usual. */
#include "preload.h"

int main(void) {
    union address name;
    socklen_t length = sizeof name;
    int fd = bound("::1", 0);
    CHECK(listen(fd, 5) == 0);
    CHECK(getsockname(fd, &name.any, &length) == 0 && name.v6.sin6_port != 0);
    int datagram = socket(AF_INET6, SOCK_DGRAM, 0);
    length = address_of(&name, "::", 80);
    CHECK(bind(datagram, &name.any, length) == 0);
    CHECK(!exists("web"));
    int unbound = socket(AF_INET6, SOCK_STREAM, 0);
    FAILS(listen(unbound, 5), EINVAL);
    FAILS(close(9999), EBADF);
    FAILS(accept(datagram, NULL, NULL), EOPNOTSUPP);
    return 0;
}
