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
    /* What ends the listener ends its file, by whatever name. */
    int other = listening("2001:db8::1", 81);
    CHECK(syscall(SYS_close_range, other, other, 0) == 0 && !exists("six"));
    other = listening("2001:db8::1", 81);
    int null = open("/dev/null", O_RDONLY);
#ifdef SYS_dup2
    CHECK(syscall(SYS_dup2, null, other) == other && !exists("six"));
#else
    CHECK(syscall(SYS_dup3, null, other, 0) == other && !exists("six"));
#endif
    return 0;
}
