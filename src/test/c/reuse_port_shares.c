/* Two SO_REUSEPORT sockets of one process share one queue. */
#include "preload.h"

static int shared(void) {
    union address address;
    socklen_t length = address_of(&address, "::", 80);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    CHECK(bind(fd, &address.any, length) == 0 && listen(fd, 5) == 0);
    return fd;
}

int main(void) {
    int first = shared();
    int second = shared();
    hand_over("web", "::", "::1");
    CHECK(accept(second, NULL, NULL) >= 0);
    hand_over("web", "::", "::1");
    CHECK(accept(first, NULL, NULL) >= 0);
    close(first);
    hand_over("web", "::", "::1");
    CHECK(accept(second, NULL, NULL) >= 0);
    close(second);
    CHECK(!exists("web"));
    return 0;
}
