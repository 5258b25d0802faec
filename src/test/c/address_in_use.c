/* A second bind while somebody listens is EADDRINUSE; a file that is left over is replaced. */
#include "preload.h"

static void second(int unused) {
    (void)unused;
    close(unused);
    union address address;
    socklen_t length = address_of(&address, "::", 80);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    FAILS(bind(fd, &address.any, length), EADDRINUSE);
}

int main(void) {
    int left = socket(AF_UNIX, SOCK_DGRAM, 0);
    union address address = {.un = {.sun_family = AF_UNIX, .sun_path = "web"}};
    CHECK(bind(left, &address.any, sizeof address.un) == 0);
    close(left);
    CHECK(exists("web"));
    int listener = listening("::", 80);
    CHECK(in_child(second, listener) == 0);
    second(-1);
    hand_over("web", "::", "::1");
    CHECK(accept(listener, NULL, NULL) >= 0);
    return 0;
}
