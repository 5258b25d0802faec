/* Options set before or after bind() are answered and given to accepted connections. */
#include "preload.h"

int main(void) {
    union address address;
    socklen_t length = address_of(&address, "::", 80);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_option(fd, SOL_SOCKET, SO_SNDBUF, 20000);
    set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    CHECK(bind(fd, &address.any, length) == 0 && listen(fd, 5) == 0);
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 77);
    set_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 3);
    set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, 0x20);
    struct linger linger = {.l_onoff = 1, .l_linger = 5};
    CHECK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0);
    FAILS(setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &linger, 1), EINVAL);
    FAILS(setsockopt(fd, SOL_SOCKET, 9999, &linger, sizeof linger), ENOPROTOOPT);
    CHECK(int_option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(int_option(fd, SOL_SOCKET, SO_REUSEADDR) == 1);
    CHECK(int_option(fd, SOL_SOCKET, SO_SNDBUF) == 40000);
    CHECK(int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 1);
    CHECK(int_option(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
    CHECK(int_option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 77);
    hand_over("web", "::", "::1");
    int connection = accept(fd, NULL, NULL);
    CHECK(int_option(connection, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(int_option(connection, SOL_SOCKET, SO_SNDBUF) == 40000);
    CHECK(int_option(connection, IPPROTO_TCP, TCP_NODELAY) == 1);
    CHECK(int_option(connection, IPPROTO_TCP, TCP_KEEPIDLE) == 77);
    CHECK(int_option(connection, IPPROTO_IPV6, IPV6_TCLASS) == 0x20);
    length = sizeof linger;
    linger.l_linger = 0;
    CHECK(getsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, &length) == 0 && linger.l_linger == 5);
    return 0;
}
