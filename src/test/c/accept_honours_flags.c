/* accept4() flags, O_NONBLOCK of the listener, and blocking connections whatever the sender had set. */
#include "preload.h"

int main(void) {
    int listener = listening("::", 80);
    struct connection made = connection_to("::", "::1");
    CHECK(fcntl(made.server, F_SETFL, O_NONBLOCK) == 0);
    CHECK(send_descriptors("web", &made.server, 1) == 1);
    CHECK(send_descriptors("web", &made.server, 1) == 1);
    int plain = accept(listener, NULL, NULL);
    CHECK(plain >= 0 && (fcntl(plain, F_GETFL) & O_NONBLOCK) == 0 && fcntl(plain, F_GETFD) == 0);
    int flagged = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    CHECK(flagged >= 0 && (fcntl(flagged, F_GETFL) & O_NONBLOCK) != 0 && fcntl(flagged, F_GETFD) == FD_CLOEXEC);
    CHECK(fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
    FAILS(accept(listener, NULL, NULL), EAGAIN);
    FAILS(accept4(listener, NULL, NULL, 1 << 30), EINVAL);
    union address name;
    FAILS(accept(listener, &name.any, NULL), EFAULT);
    socklen_t negative = (socklen_t)-1;
    FAILS(accept(listener, &name.any, &negative), EINVAL);
    return 0;
}
