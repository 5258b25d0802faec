/* What waits at the last close is reset, and not before. */
#include "preload.h"

static void closes(int fd) {
    close(fd);
}

int main(void) {
    int listener = listening("::", 80);
    int clients[5];
    for (int i = 0; i < 5; i++) {
        clients[i] = hand_over("web", "::", "::1").client;
    }
    CHECK(in_child(closes, listener) == 0);
    CHECK(accept(listener, NULL, NULL) >= 0);
    close(listener);
    for (int i = 1; i < 5; i++) {
        CHECK(client_result(clients[i]) == ECONNRESET);
    }
    return 0;
}
