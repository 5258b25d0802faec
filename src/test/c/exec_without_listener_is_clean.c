/* A program that inherits no listener gets neither the library nor its settings. */
#include "preload.h"
#include <spawn.h>

extern char **environ;

int main(int count, char **arguments) {
    if (count == 2) {
        CHECK(getenv("LD_PRELOAD") == NULL && getenv("SOCKETBOX_BIND") == NULL);
        CHECK(getenv("HOME") != NULL);
        return 0;
    }
    int listener = listening("::", 80);
    CHECK(setenv("HOME", "/", 1) == 0 && fcntl(listener, F_SETFD, FD_CLOEXEC) == 0);
    char *next[] = {arguments[0], "child", NULL};
    pid_t pid;
    CHECK(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, next, environ) == 0);
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    pid = fork();
    if (pid == 0) {
        execlp("/proc/self/exe", arguments[0], "child", (char *)NULL);
    }
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
    execl("/bin/sh", "sh", "-c", "test -z \"$LD_PRELOAD$SOCKETBOX_BIND\"", (char *)NULL);
    return 1;
}
