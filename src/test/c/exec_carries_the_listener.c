/* A listener that survives exec takes the library along, into an empty environment too. */
#include "preload.h"

static void child(int listener) {
    union address name;
    socklen_t length = sizeof name;
    CHECK(getsockname(listener, &name.any, &length) == 0 && ntohs(name.v6.sin6_port) == 80);
    close(listening("2001:db8::1", 81)); /* by the settings; there is no such address here */
    CHECK(accept(listener, NULL, NULL) >= 0);
}

int main(int count, char **arguments) {
    if (count == 2) {
        child(atoi(arguments[1]));
        return 0;
    }
    int listener = listening("::", 80);
    hand_over("web", "::", "::1");
    char number[12];
    snprintf(number, sizeof number, "%d", listener);
    char *next[] = {arguments[0], number, NULL};
    char *empty[] = {NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        execve("/proc/self/exe", next, empty);
        _exit(9);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    clearenv();
    hand_over("web", "::", "::1");
    execl("/proc/self/exe", arguments[0], number, (char *)NULL);
    return 1;
}
