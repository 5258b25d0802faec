/* Both wildcard addresses lead to one path; IPv6 gets the connections, each socket keeps its name. */
#include "preload.h"

static void names(int fd, const char *ip) {
    union address name;
    union address wanted;
    socklen_t length = sizeof name;
    CHECK(getsockname(fd, &name.any, &length) == 0);
    CHECK(length == address_of(&wanted, ip, 80) && memcmp(&name, &wanted, length) == 0);
}

int main(void) {
    int v4 = bound("0.0.0.0", 80);
    CHECK(fcntl(v4, F_SETFL, O_NONBLOCK) == 0 && listen(v4, 5) == 0);
    hand_over("web", "::", "127.0.0.1");
    int v6 = listening("::", 80);
    names(v4, "0.0.0.0");
    names(v6, "::");
    CHECK((fcntl(v4, F_GETFL) & O_NONBLOCK) != 0 && (fcntl(v6, F_GETFL) & O_NONBLOCK) == 0);
    struct pollfd polled[2] = {{.fd = v4, .events = POLLIN}, {.fd = v6, .events = POLLIN}};
    CHECK(poll(polled, 2, 1000) == 1 && polled[1].revents == POLLIN);
    CHECK(accept(v6, NULL, NULL) >= 0);
    FAILS(accept(v4, NULL, NULL), EAGAIN);
    close(v4);
    CHECK(exists("web"));
    close(v6);
    CHECK(!exists("web"));
    return 0;
}
