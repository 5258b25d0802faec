/* acceptor PORT PATH [DESTINATIONS]: the yardstick of the dispatch benchmarks, the plainest loop in C that loses nothing:
   epoll_wait, accept4, getsockname, sendmsg, close. The low 32 bits of the local address choose the destination. sendmsg
   blocks while the receiver's queue is full. */
#include "bench.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

static long count = 1;
static int *destinations;

static void hand_over(int connection) {
    struct sockaddr_in6 local;
    socklen_t length = sizeof local;
    if (getsockname(connection, (struct sockaddr *)&local, &length) < 0) {
        DIE("getsockname");
    }
    uint32_t low;
    memcpy(&low, &local.sin6_addr.s6_addr[12], sizeof low);
    char byte = 0;
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &connection, sizeof connection);
    while (sendmsg(destinations[ntohl(low) % (uint32_t)count], &message, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR) {
            DIE("sendmsg");
        }
    }
    close(connection);
}

int main(int argc, char **argv) {
    if (argc < 3 || argc > 4) {
        fputs("usage: acceptor PORT PATH [DESTINATIONS]\n", stderr);
        return 1;
    }
    count = argc > 3 ? number(argv[3], 1, 100000) : 1;
    destinations = calloc((size_t)count, sizeof *destinations);
    for (long i = 0; i < count; i++) {
        struct sockaddr_un to = unix_path(argv[2], i, count);
        destinations[i] = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (destinations[i] < 0 || connect(destinations[i], (struct sockaddr *)&to, sizeof to) < 0) {
            DIE(to.sun_path);
        }
    }
    int listener = listen_on(number(argv[1], 1, 65535));
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) {
        DIE("epoll");
    }
    ready();
    for (;;) {
        if (epoll_wait(epoll, &event, 1, -1) < 0 && errno != EINTR) {
            DIE("epoll_wait");
        }
        for (int i = 0; i < 64; i++) {
            struct sockaddr_in6 peer;
            socklen_t length = sizeof peer;
            int connection = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
            if (connection < 0) {
                if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
                    DIE("accept4");
                }
                break;
            }
            hand_over(connection);
        }
    }
}
