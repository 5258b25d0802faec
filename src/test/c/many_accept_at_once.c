/* Threads and processes accept from one listener; every connection arrives once. */
#include "preload.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

enum { CONNECTIONS = 400 };

static atomic_int *accepted;

static void *accepts(void *listener) {
    while (true) {
        int fd = accept(*(int *)listener, NULL, NULL);
        if (fd < 0) {
            CHECK(errno == EINVAL);
            return NULL;
        }
        atomic_fetch_add(accepted, 1);
        CHECK(write(fd, "y", 1) == 1);
        close(fd);
    }
}

static void threads(int *listener) {
    pthread_t ids[3];
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_create(&ids[i], NULL, accepts, listener) == 0);
    }
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_join(ids[i], NULL) == 0);
    }
}

int main(void) {
    accepted = mmap(NULL, sizeof *accepted, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int listener = listening("::", 80);
    pid_t children[2];
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        CHECK(children[i] >= 0);
        if (children[i] == 0) {
            threads(&listener);
            exit(0);
        }
    }
    for (int i = 0; i < CONNECTIONS; i++) {
        struct connection made = connection_to("::", "::1");
        while (send_descriptors("web", &made.server, 1) != 1) {
            CHECK(errno == EAGAIN);
            usleep(1000); /* The queue is full. */
        }
        close(made.server);
        CHECK(client_result(made.client) == 1);
        close(made.client);
    }
    CHECK(atomic_load(accepted) == CONNECTIONS);
    CHECK(shutdown(listener, SHUT_RDWR) == 0);
    for (int i = 0; i < 2; i++) {
        int status;
        CHECK(waitpid(children[i], &status, 0) == children[i] && status == 0);
    }
    return 0;
}
