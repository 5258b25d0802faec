/* The same through syscall(2). */
#include "preload.h"
#include <sys/syscall.h>

int main(void) {
    union address address;
    socklen_t length = address_of(&address, "::", 80);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    CHECK(syscall(SYS_bind, fd, &address, length) == 0);
    CHECK(syscall(SYS_listen, fd, 5) == 0);
    hand_over("web", "::", "::1");
    CHECK(syscall(SYS_accept4, fd, NULL, NULL, SOCK_CLOEXEC) >= 0);
    CHECK(syscall(SYS_getpid) == getpid());
    CHECK(syscall(SYS_close, fd) == 0 && !exists("web"));
    return 0;
}
