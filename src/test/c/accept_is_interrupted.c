/* A signal interrupts accept(), and SO_RCVTIMEO ends it. */
#include "preload.h"

static void nothing(int signal) {
    (void)signal;
}

int main(void) {
    int listener = listening("::", 80);
    struct sigaction action = {.sa_handler = nothing};
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    alarm(1);
    FAILS(accept(listener, NULL, NULL), EINTR);
    struct timeval soon = {.tv_usec = 1000};
    CHECK(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon) == 0);
    FAILS(accept(listener, NULL, NULL), EAGAIN);
    return 0;
}
