/* A daemon that closes its listeners and becomes itself anew binds them as before, with a cleaned environment too. */
#include "preload.h"

int main(int count, char **arguments) {
    int listener = listening("::", 80);
    CHECK(exists("web"));
    hand_over("web", "::", "::1");
    CHECK(accept(listener, NULL, NULL) >= 0);
    close(listener);
    CHECK(!exists("web"));
    char *empty[] = {NULL};
    if (count == 1) {
        char *next[] = {arguments[0], "again", NULL};
        execve("/proc/self/exe", next, empty);
    } else if (count == 2) {
        execlp(arguments[0], arguments[0], "and", "again", (char *)NULL);
    }
    return count == 3 ? 0 : 1;
}
