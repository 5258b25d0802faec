/* The addresses of an accepted connection are the real ones, in accept(), getsockname() and getpeername(). */
#include "preload.h"

int main(void) {
    int listener = listening("::", 80);
    struct connection made = hand_over("web", "::", "::1");
    union address name;
    socklen_t length = sizeof name;
    memset(&name, 0x55, sizeof name);
    int fd = accept(listener, &name.any, &length);
    CHECK(fd >= 0);
    CHECK(length == sizeof name.v6 && memcmp(&name, &made.client_name, length) == 0);
    CHECK(((unsigned char *)&name)[length] == 0x55);
    CHECK(getpeername(fd, &name.any, &length) == 0 && memcmp(&name, &made.client_name, length) == 0);
    CHECK(getsockname(fd, &name.any, &length) == 0 && memcmp(&name, &made.server_name, length) == 0);
    CHECK(write(made.client, "x", 1) == 1);
    char byte = 0;
    CHECK(read(fd, &byte, 1) == 1 && byte == 'x');
    return 0;
}
