/* forwarder PORT TARGET-PORT: the yardstick for relays, the plainest loop in C: epoll_wait, recv, send, one buffer. It
   connects each connection to a port of ::1. send blocks while the receiver takes nothing, so it is for messages. */
#include "bench.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { MOST = 1 << 20, BLOCK = 64 << 10 };

/* The other end of a connection by descriptor, 0 where there is none. */
static int others[MOST];
static char block[BLOCK];

static void watch(int epoll, int fd) {
    int one = 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fd >= MOST || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
        DIE("epoll_ctl");
    }
}

static void take(int epoll, int listener, const struct sockaddr_in6 *target) {
    int client;
    while ((client = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        int server = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (server < 0 || connect(server, (const struct sockaddr *)target, sizeof *target) < 0) {
            DIE("connect");
        }
        watch(epoll, client);
        watch(epoll, server);
        others[client] = server;
        others[server] = client;
    }
}

/* The other end may have gone earlier in the same round. */
static void forward(int from) {
    int to = others[from];
    if (to == 0) {
        return;
    }
    ssize_t length = recv(from, block, BLOCK, MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN) {
        return;
    }
    if (length <= 0 || send(to, block, (size_t)length, MSG_NOSIGNAL) != length) {
        others[from] = others[to] = 0;
        close(from);
        close(to);
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: forwarder PORT TARGET-PORT\n", stderr);
        return 1;
    }
    int listener = listen_on(number(argv[1], 1, 65535));
    struct sockaddr_in6 target = inet6("::1", number(argv[2], 1, 65535));
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listener);
    ready();
    for (;;) {
        struct epoll_event events[256];
        int count = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener) {
                take(epoll, listener, &target);
            } else {
                forward(events[i].data.fd);
            }
        }
    }
}
