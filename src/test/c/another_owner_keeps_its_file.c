/* Closing a listener leaves alone a file that another has put in its place. */
#include "preload.h"

int main(void) {
    int listener = listening("::", 80);
    CHECK(unlink("web") == 0);
    int other = socket(AF_UNIX, SOCK_DGRAM, 0);
    union address address = {.un = {.sun_family = AF_UNIX, .sun_path = "web"}};
    CHECK(bind(other, &address.any, sizeof address.un) == 0);
    close(listener);
    CHECK(exists("web"));
    return 0;
}
