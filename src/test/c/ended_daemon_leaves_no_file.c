/* The file goes with the process that bound it, when the last close was a child's without the right to remove it. */
#include "preload.h"

static void parent(int unused) {
    (void)unused;
    int listener = listening("::", 80);
    int pipes[2];
    CHECK(pipe(pipes) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char byte;
        close(pipes[1]);
        CHECK(setgid(65534) == 0 && setuid(65534) == 0);
        CHECK(read(pipes[0], &byte, 1) == 0);
        close(listener);
        exit(0);
    }
    close(listener);
    close(pipes[1]);
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(exists("web"));
}

int main(void) {
    CHECK(in_child(parent, 0) == 0);
    CHECK(!exists("web"));
    return 0;
}
