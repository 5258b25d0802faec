/* receiver NAME PATH [GROUP]: takes connections from a datagram socket that it binds at PATH, or as a receiver of GROUP that
   registers at PATH; with a number for PATH it accepts them by itself at that port. Reads "NUMBER\n" of each, answers "NAME NUMBER\n" and closes it. Prints "ready"; at SIGUSR1 it takes
   no more connections, answers those that it has, and prints "held". At SIGTERM it ends without losing one: lets no sender
   add to its socket, and answers all that is in it. */
#include "../../../bench/c/bench.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { REQUEST = 32, MOST_FDS = 65536, BATCH = 64 };

static char requests[MOST_FDS][REQUEST];
static unsigned char lengths[MOST_FDS];
static const char *name;
static int epoll;
static long in_hand, port;
static int shut, ended;
static volatile sig_atomic_t hold, stop;

static void on_signal(int signal) {
    if (signal == SIGUSR1) {
        hold = 1;
    } else {
        stop = 1;
    }
}

static void done(int connection) {
    close(connection);
    in_hand--;
}

static void serve(int connection) {
    char *request = requests[connection];
    unsigned char *length = &lengths[connection];
    ssize_t more = recv(connection, request + *length, (size_t)(REQUEST - 1 - *length), MSG_DONTWAIT);
    if (more < 0 && errno == EAGAIN) {
        return;
    }
    if (more <= 0) {
        done(connection);
        return;
    }
    *length = (unsigned char)(*length + more);
    request[*length] = '\0';
    if (request[*length - 1] == '\n' || *length == REQUEST - 1) {
        char answer[128];
        int size = snprintf(answer, sizeof answer, "%s %s", name, request);
        send(connection, answer, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT);
        done(connection);
    }
}

static void keep(int connection) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = connection};
    if (connection >= MOST_FDS || epoll_ctl(epoll, EPOLL_CTL_ADD, connection, &event) < 0) {
        DIE("epoll_ctl");
    }
    lengths[connection] = 0;
    in_hand++;
    serve(connection);
}

/* Takes a connection; whether there may be more. */
static int take(int from) {
    if (port > 0) {
        int connection = accept4(from, NULL, NULL, SOCK_CLOEXEC);
        if (connection >= 0) {
            keep(connection);
        } else {
            ended = shut;
        }
        return connection >= 0;
    }
    char bytes[64];
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec data = {bytes, sizeof bytes};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t length = recvmsg(from, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (length < 0) {
        /* Nobody can add to a socket that is shut down. */
        ended = shut && errno == EAGAIN;
        return errno == EINTR;
    }
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    if (rights == NULL || rights->cmsg_type != SCM_RIGHTS) {
        if (length == 0) {
            ended = 1;
        }
        return length > 0;
    }
    int connection;
    memcpy(&connection, CMSG_DATA(rights), sizeof connection);
    keep(connection);
    return 1;
}

static int bound(const char *path) {
    struct sockaddr_un at = unix_path(path, 0, 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
        DIE(path);
    }
    return fd;
}

static int registered(const char *path, long group) {
    struct sockaddr_un at = unix_path(path, 0, 1);
    unsigned char request[8] = {1, 0, 0, 0, 0, 0, 0, (unsigned char)group};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) < 0 || send(fd, request, 8, MSG_NOSIGNAL) != 8 ||
        recv(fd, request, 8, 0) != 4 || request[0] != 0x80) {
        DIE(path);
    }
    return fd;
}

int main(int argc, char **argv) {
    if (argc < 3 || argc > 4) {
        fputs("usage: receiver NAME PATH [GROUP]\n", stderr);
        return 1;
    }
    name = argv[1];
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    port = argv[2][0] == '/' ? 0 : number(argv[2], 1, 65535);
    int from = port > 0    ? listen_on(port)
               : argc == 4 ? registered(argv[2], number(argv[3], 0, 255))
                           : bound(argv[2]);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = from};
    epoll_ctl(epoll, EPOLL_CTL_ADD, from, &event);
    ready();
    int held = 0;
    while (!(ended && in_hand == 0)) {
        if (stop && !shut) {
            shutdown(from, SHUT_RD);
            shut = 1;
        }
        if (hold && !held) {
            epoll_ctl(epoll, EPOLL_CTL_DEL, from, &event);
            held = 1;
        }
        if (held && in_hand == 0) {
            puts("held");
            fflush(stdout);
            pause();
        }
        struct epoll_event events[BATCH];
        int readable = epoll_wait(epoll, events, BATCH, 100);
        for (int i = 0; i < readable; i++) {
            if (events[i].data.fd != from) {
                serve(events[i].data.fd);
            } else {
                for (int j = 0; j < BATCH && !held && take(from); j++) {
                }
            }
        }
    }
    return 0;
}
