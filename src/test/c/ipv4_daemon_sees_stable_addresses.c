/* An AF_INET daemon sees each true IPv6 peer as one address of 240.0.0.0/4. */
#include "preload.h"

static in_addr_t peer(int listener, const char *ip) {
    struct connection made = hand_over("four", "::", ip);
    union address name;
    socklen_t length = sizeof name.v4;
    int fd = accept(listener, &name.any, &length);
    CHECK(fd >= 0 && length == sizeof name.v4 && name.v4.sin_family == AF_INET);
    CHECK(name.v4.sin_port == made.client_name.v6.sin6_port);
    in_addr_t first = name.v4.sin_addr.s_addr;
    CHECK(getpeername(fd, &name.any, &length) == 0 && name.v4.sin_addr.s_addr == first);
    close(fd);
    close(made.client);
    return ntohl(first);
}

int main(void) {
    int listener = listening("192.0.2.1", 82);
    in_addr_t first = peer(listener, "::1");
    CHECK(first >> 28 == 15 && first != 0xffffffff);
    CHECK(peer(listener, "::1") == first);
    return 0;
}
