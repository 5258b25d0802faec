/* receiver PATH [DELAY-US [SOCKETS]]: takes connections from datagram sockets, writes one byte to each and closes it.
   receiver --accept PORT: the same for connections that it accepts by itself. */
#include "bench.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

static long delay_us;

static void answer(int connection) {
    if (write(connection, "x", 1) < 0 && errno != EPIPE && errno != ECONNRESET) {
        DIE("write");
    }
    close(connection);
    if (delay_us > 0) {
        usleep((useconds_t)delay_us);
    }
}

static void receive(int socket) {
    char byte;
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) < 0) {
        if (errno != EINTR && errno != EAGAIN) {
            DIE("recvmsg");
        }
        return;
    }
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    if (rights != NULL && rights->cmsg_type == SCM_RIGHTS) {
        int connection;
        memcpy(&connection, CMSG_DATA(rights), sizeof connection);
        answer(connection);
    }
}

static int bound(const char *path, long index, long count) {
    struct sockaddr_un at = unix_path(path, index, count);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    unlink(at.sun_path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
        DIE(at.sun_path);
    }
    return fd;
}

static void wait_on_many(const char *path, long count) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (long i = 0; i < count; i++) {
        int fd = bound(path, i, count);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
            DIE("epoll_ctl");
        }
    }
    ready();
    for (;;) {
        struct epoll_event events[64];
        int readable = epoll_wait(epoll, events, 64, -1);
        for (int i = 0; i < readable; i++) {
            receive(events[i].data.fd);
        }
    }
}

static void accept_on(long port) {
    int listener = listen_on(port);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    ready();
    for (;;) {
        epoll_wait(epoll, &event, 1, -1);
        int connection;
        while ((connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
            answer(connection);
        }
    }
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--accept") == 0) {
        accept_on(number(argv[2], 1, 65535));
    }
    if (argc < 2 || argc > 4) {
        fputs("usage: receiver PATH [DELAY-US [SOCKETS]] | receiver --accept PORT\n", stderr);
        return 1;
    }
    delay_us = argc > 2 ? number(argv[2], 0, 1000000) : 0;
    long count = argc > 3 ? number(argv[3], 1, 100000) : 1;
    if (count > 1) {
        wait_on_many(argv[1], count);
    }
    int fd = bound(argv[1], 0, 1);
    ready();
    for (;;) {
        receive(fd);
    }
}
