/* An AF_INET daemon sees v4-mapped peers as themselves, and not a byte beyond a sockaddr_in. */
#include "preload.h"

int main(void) {
    int listener = listening("192.0.2.1", 82);
    struct connection made = hand_over("four", "::", "127.0.0.1");
    union address name;
    memset(&name, 0x55, sizeof name);
    socklen_t length = sizeof name;
    int fd = accept(listener, &name.any, &length);
    CHECK(fd >= 0 && length == sizeof name.v4 && ((unsigned char *)&name)[length] == 0x55);
    CHECK(name.v4.sin_family == AF_INET && name.v4.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK(name.v4.sin_port == made.client_name.v6.sin6_port);
    struct sockaddr_in exact[2];
    memset(exact, 0x55, sizeof exact);
    length = sizeof exact[0];
    CHECK(getpeername(fd, (struct sockaddr *)&exact[0], &length) == 0 && length == sizeof exact[0]);
    CHECK(exact[0].sin_addr.s_addr == htonl(INADDR_LOOPBACK) && exact[1].sin_family == 0x5555);
    length = sizeof exact[0];
    CHECK(getsockname(fd, (struct sockaddr *)&exact[0], &length) == 0 && exact[0].sin_family == AF_INET);
    CHECK(exact[0].sin_port == made.server_name.v6.sin6_port);
    CHECK(int_option(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET);
    return 0;
}
