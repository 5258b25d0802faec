/* An AF_INET6 daemon sees the peer of an IPv4 socket as v4-mapped. */
#include "preload.h"

int main(void) {
    int listener = listening("::", 80);
    struct connection made = hand_over("web", "0.0.0.0", "127.0.0.1");
    union address name;
    union address wanted;
    socklen_t length = sizeof name;
    address_of(&wanted, "::ffff:127.0.0.1", ntohs(made.client_name.v4.sin_port));
    int fd = accept(listener, &name.any, &length);
    CHECK(fd >= 0 && length == sizeof name.v6 && memcmp(&name, &wanted, length) == 0);
    CHECK(getpeername(fd, &name.any, &length) == 0 && memcmp(&name, &wanted, sizeof wanted.v6) == 0);
    return 0;
}
