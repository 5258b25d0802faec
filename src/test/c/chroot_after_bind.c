/* After chroot() and as another user a daemon serves on; its file is out of reach then, and the next bind replaces it. */
#include "preload.h"

static void serves(int listener) {
    hand_over("web", "::", "::1");
    CHECK(mkdir("empty", 0700) == 0 && chroot("empty") == 0 && chdir("/") == 0);
    CHECK(setgid(65534) == 0 && setuid(65534) == 0);
    union address name;
    socklen_t length = sizeof name;
    CHECK(accept(listener, &name.any, &length) >= 0 && name.any.sa_family == AF_INET6);
    CHECK(getsockname(listener, &name.any, &length) == 0 && name.v6.sin6_port == htons(80));
    FAILS(bind(listener, &name.any, length), EINVAL);
    close(listener);
}

static void alone(int unused) {
    (void)unused;
    serves(listening("::", 80));
}

int main(void) {
    CHECK(in_child(alone, 0) == 0);
    CHECK(exists("web"));
    CHECK(rmdir("empty") == 0);
    int listener = listening("::", 80);
    CHECK(in_child(serves, listener) == 0 && exists("web"));
    hand_over("web", "::", "::1");
    CHECK(accept(listener, NULL, NULL) >= 0);
    close(listener);
    CHECK(!exists("web"));
    return 0;
}
