/* shutdown() makes accept() fail with EINVAL, resets what waits and removes the file. */
#include "preload.h"
#include <pthread.h>

static void *waits(void *listener) {
    errno = 0;
    int fd = accept(*(int *)listener, NULL, NULL);
    return fd == -1 && errno == EINVAL ? listener : NULL;
}

int main(void) {
    int listener = listening("::", 80);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, waits, &listener) == 0);
    CHECK(shutdown(listener, SHUT_WR) == 0 && exists("web"));
    CHECK(shutdown(listener, SHUT_RDWR) == 0 && !exists("web"));
    void *result;
    CHECK(pthread_join(thread, &result) == 0 && result == &listener);
    FAILS(accept(listener, NULL, NULL), EINVAL);
    CHECK(int_option(listener, SOL_SOCKET, SO_ACCEPTCONN) == 0);
    return 0;
}
