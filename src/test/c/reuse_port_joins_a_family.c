/*
 * Workers that bind by themselves, each with SO_REUSEPORT, share one queue; a process of another session, or without the
 * option, does not get in.
 */
#include "preload.h"

#include <sys/syscall.h>

static int attempt(const char *ip, int reuse) {
    union address address;
    socklen_t length = address_of(&address, ip, 80);
    int fd = socket(address.any.sa_family, SOCK_STREAM, 0);
    set_option(fd, SOL_SOCKET, SO_REUSEPORT, reuse);
    if (bind(fd, &address.any, length) != 0) {
        CHECK(errno == EADDRINUSE);
        close(fd);
        return -1;
    }
    CHECK(listen(fd, 5) == 0);
    return fd;
}

/* Whether the kernel lets a process copy the descriptors of a sibling, which Yama may forbid. */
static bool may_copy(pid_t sibling) {
    int process = (int)syscall(SYS_pidfd_open, sibling, 0);
    int copy = (int)syscall(SYS_pidfd_getfd, process, 0, 0);
    close(process);
    close(copy);
    return copy >= 0;
}

static void accepts(int commands) {
    int fd = attempt("::", 1);
    char byte;
    CHECK(fd >= 0);
    CHECK(write(commands, "r", 1) == 1 && read(commands, &byte, 1) == 1);
    if (byte == 'a') {
        CHECK(accept(fd, NULL, NULL) >= 0 && write(commands, "d", 1) == 1 && read(commands, &byte, 1) == 1);
    }
    close(fd);
    CHECK(exists("web") == (byte == 'k'));
}

static pid_t worker(int *commands) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(pair[0]);
        accepts(pair[1]);
        exit(0);
    }
    close(pair[1]);
    char byte;
    *commands = pair[0];
    CHECK(read(pair[0], &byte, 1) == 1);
    return child;
}

static void stranger(int unused) {
    (void)unused;
    CHECK(setsid() >= 0);
    CHECK(attempt("::", 1) < 0);
}

static void command(int commands, char what, char answer) {
    char byte;
    CHECK(write(commands, &what, 1) == 1);
    CHECK(read(commands, &byte, 1) == (answer == 0 ? 0 : 1) && (answer == 0 || byte == answer));
}

static void ended(pid_t child) {
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

int main(void) {
    int first;
    int second;
    pid_t one = worker(&first);
    if (!may_copy(one)) {
        CHECK(attempt("::", 1) < 0);
        command(first, 'e', 0);
        ended(one);
        return 0;
    }
    pid_t two = worker(&second);
    CHECK(in_child(stranger, 0) == 0);
    CHECK(attempt("::", 0) < 0);
    int silent = attempt("0.0.0.0", 1); /* The other family at the same path: IPv6 gets the connections. */
    CHECK(silent >= 0);
    close(silent);
    CHECK(exists("web"));
    hand_over("web", "::", "::1");
    command(second, 'a', 'd');
    hand_over("web", "::", "::1");
    command(first, 'a', 'd');
    command(first, 'k', 0);
    ended(one);
    hand_over("web", "::", "::1");
    int third = attempt("::", 1);
    CHECK(third >= 0 && accept(third, NULL, NULL) >= 0);
    close(third);
    command(second, 'e', 0);
    ended(two);
    CHECK(!exists("web"));
    return 0;
}
