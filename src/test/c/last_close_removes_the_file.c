/* The last close removes the file, whichever process makes it; an end without close does, too. */
#include "preload.h"

static void closes(int fd) {
    close(fd);
    CHECK(exists("web"));
}

static void ends(int fd) {
    (void)fd;
    _exit(0);
}

static void listens(int fd) {
    close(fd);
    listening("2001:db8::1", 81);
    CHECK(exists("six"));
}

int main(void) {
    int listener = listening("::", 80);
    CHECK(in_child(closes, listener) == 0 && exists("web"));
    CHECK(in_child(ends, listener) == 0 && exists("web"));
    CHECK(in_child(listens, listener) == 0 && !exists("six"));
    int copy = fcntl(listener, F_DUPFD_CLOEXEC, 100);
    close(listener);
    CHECK(exists("web"));
    int null = open("/dev/null", O_RDONLY);
    CHECK(dup2(null, copy) == copy && !exists("web"));
    return 0;
}
