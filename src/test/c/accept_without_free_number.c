/* Without a free descriptor number, accept() is EMFILE and the connection waits. */
#include "preload.h"
#include <sys/resource.h>

int main(void) {
    int listener = listening("::", 80);
    hand_over("web", "::", "::1");
    int spare = -1;
    struct rlimit limit = {.rlim_cur = 64, .rlim_max = 64};
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    for (int fd = dup(0); fd >= 0; fd = dup(0)) {
        spare = fd;
    }
    FAILS(accept(listener, NULL, NULL), EMFILE);
    CHECK(close(spare) == 0);
    CHECK(accept(listener, NULL, NULL) == spare);
    return 0;
}
