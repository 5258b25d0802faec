/* What system() and popen() start gets neither the library nor its settings; what else is preloaded stays. */
#include "preload.h"

static int count(const char *pattern) {
    char command[100];
    char line[20] = "";
    snprintf(command, sizeof command, "env | grep -c '%s'", pattern);
    FILE *output = popen(command, "r");
    CHECK(output != NULL && fgets(line, sizeof line, output) != NULL);
    pclose(output);
    return atoi(line);
}

int main(void) {
    CHECK(getenv("LD_PRELOAD") != NULL && getenv("SOCKETBOX_BIND") != NULL); /* A script may start the daemon. */
    setenv("KEPT", "1", 1);
    int fd = listening("::", 80);
    CHECK(count("^KEPT=1$") == 1);
    CHECK(count("^SOCKETBOX_\\|^SKBOX_\\|socketbox-preload") == 0);
    CHECK(system("test -z \"$LD_PRELOAD$SOCKETBOX_BIND\"") == 0);
    CHECK(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && getenv("LD_PRELOAD") == NULL);
    return 0;
}
