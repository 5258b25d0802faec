/* Messages without a connection are passed over, and further descriptors are closed. */
#include "preload.h"

int main(void) {
    int listener = listening("::", 80);
    struct connection made = connection_to("::", "::1");
    int datagram = socket(AF_INET6, SOCK_DGRAM, 0);
    CHECK(send_descriptors("web", NULL, 0) == 1);
    CHECK(send_descriptors("web", &datagram, 1) == 1);
    int file = open("/dev/null", O_RDONLY);
    CHECK(send_descriptors("web", &file, 1) == 1);
    int three[3] = {made.server, file, file};
    CHECK(send_descriptors("web", three, 3) == 1);
    int lowest = dup(0);
    close(lowest);
    int fd = accept(listener, NULL, NULL);
    CHECK(fd == lowest);
    CHECK(dup(0) == lowest + 1);
    CHECK(fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
    FAILS(accept(listener, NULL, NULL), EAGAIN);
    return 0;
}
