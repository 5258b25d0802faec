/* Before listen(), accept() is EINVAL and nothing that came is lost. */
#include "preload.h"

int main(void) {
    int fd = bound("::", 80);
    CHECK(int_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 0);
    hand_over("web", "::", "::1");
    FAILS(accept(fd, NULL, NULL), EINVAL);
    CHECK(listen(fd, 5) == 0);
    CHECK(int_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1);
    CHECK(accept(fd, NULL, NULL) >= 0);
    return 0;
}
