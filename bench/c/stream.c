/* Both ends of relayed connections.
   stream sink PORT: takes connections, throws away what comes, and closes each at its end.
   stream echo PORT: the same, but sends back what comes: messages, one at a time on each connection.
   stream write ADDRESS PORT STREAMS BYTES: BYTES over each of STREAMS connections, until the other end has closed them.
   stream ask ADDRESS PORT STREAMS MESSAGES: MESSAGES of 64 bytes over each, the next one after the answer to the last.
   stream hold ADDRESS PORT COUNT: COUNT connections with one message each, which stay open until it is ended.
   The clients print `ns` and how long it took; they end with an error when nothing moves for a minute. */
#include "bench.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { STALL_MS = 60000, BLOCK = 256 << 10, MESSAGE = 64, EVENTS = 256 };

static char block[BLOCK];

static void watch(int epoll, int fd, uint32_t events, void *data) {
    struct epoll_event event = {.events = events, .data.ptr = data};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
        DIE("epoll_ctl");
    }
}

static void no_delay(int fd) {
    int one = 1;
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0) {
        DIE("TCP_NODELAY");
    }
}

/* ---- the servers ---- */

static void take(int epoll, int listener) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        no_delay(fd);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
            DIE("epoll_ctl");
        }
    }
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
        DIE("accept4");
    }
}

/* MSG_TRUNC throws away without copying, so that the sink is not what is measured. */
static void serve(int fd, int is_echo) {
    ssize_t length = recv(fd, block, BLOCK, MSG_DONTWAIT | (is_echo ? 0 : MSG_TRUNC));
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (length <= 0 || (is_echo && send(fd, block, (size_t)length, MSG_NOSIGNAL) != length)) {
        close(fd);
    }
}

static void run_server(long port, int is_echo) {
    int listener = listen_on(port);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) {
        DIE("epoll");
    }
    ready();
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener) {
                take(epoll, listener);
            } else {
                serve(events[i].data.fd, is_echo);
            }
        }
    }
}

/* ---- the clients ---- */

struct stream {
    int fd;
    long left;    /* Bytes or messages. */
    long missing; /* Bytes of an answer. */
};

static int connected(const struct sockaddr_in6 *to) {
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof *to) < 0) {
        DIE("connect");
    }
    no_delay(fd);
    struct timeval patience = {.tv_sec = STALL_MS / 1000};
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0) {
        DIE("SO_RCVTIMEO");
    }
    return fd;
}

static void ask(struct stream *stream) {
    if (send(stream->fd, block, MESSAGE, MSG_NOSIGNAL) != MESSAGE) {
        DIE("send");
    }
    stream->missing = MESSAGE;
}

/* Takes what has come of an answer. Whether it is complete. */
static int answered(struct stream *stream) {
    ssize_t length = recv(stream->fd, block, (size_t)stream->missing, 0);
    if (length <= 0) {
        DIE("no answer");
    }
    stream->missing -= length;
    return stream->missing == 0;
}

/* Whether the stream is done. */
static int step_ask(struct stream *stream) {
    if (!answered(stream)) {
        return 0;
    }
    if (--stream->left == 0) {
        return 1;
    }
    ask(stream);
    return 0;
}

static int step_write(int epoll, struct stream *stream) {
    if (stream->left == 0) {
        char byte;
        ssize_t length = recv(stream->fd, &byte, 1, 0);
        if (length != 0) {
            DIE("no end of the stream");
        }
        return 1;
    }
    size_t most = stream->left < BLOCK ? (size_t)stream->left : BLOCK;
    ssize_t length = send(stream->fd, block, most, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (length < 0) {
        if (errno == EAGAIN) {
            return 0;
        }
        DIE("send");
    }
    stream->left -= length;
    if (stream->left == 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
        if (shutdown(stream->fd, SHUT_WR) < 0 || epoll_ctl(epoll, EPOLL_CTL_MOD, stream->fd, &event) < 0) {
            DIE("shutdown");
        }
    }
    return 0;
}

static void run_streams(const struct sockaddr_in6 *to, long count, long each, int is_ask) {
    struct stream *streams = calloc((size_t)count, sizeof *streams);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    int64_t begin_ns = now_ns();
    for (long i = 0; i < count; i++) {
        streams[i] = (struct stream){.fd = connected(to), .left = each};
        watch(epoll, streams[i].fd, is_ask ? EPOLLIN : EPOLLOUT, &streams[i]);
    }
    for (long i = 0; is_ask && i < count; i++) {
        ask(&streams[i]);
    }
    for (long done = 0; done < count;) {
        struct epoll_event events[EVENTS];
        int ready_now = epoll_wait(epoll, events, EVENTS, STALL_MS);
        if (ready_now == 0) {
            fputs("nothing moves\n", stderr);
            exit(1);
        }
        for (int i = 0; i < ready_now; i++) {
            struct stream *stream = events[i].data.ptr;
            if (is_ask ? step_ask(stream) : step_write(epoll, stream)) {
                close(stream->fd);
                done++;
            }
        }
    }
    printf("ns %lld\n", (long long)(now_ns() - begin_ns));
}

static void hold(const struct sockaddr_in6 *to, long count) {
    for (long i = 0; i < count; i++) {
        struct stream stream = {.fd = connected(to)};
        ask(&stream);
        while (!answered(&stream)) {
        }
    }
    ready();
    pause();
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (argc == 3 && (strcmp(what, "sink") == 0 || strcmp(what, "echo") == 0)) {
        run_server(number(argv[2], 1, 65535), strcmp(what, "echo") == 0);
    }
    int is_hold = argc == 5 && strcmp(what, "hold") == 0;
    if (!is_hold && !(argc == 6 && (strcmp(what, "write") == 0 || strcmp(what, "ask") == 0))) {
        fputs("usage: stream sink|echo PORT | write|ask ADDRESS PORT STREAMS BYTES|MESSAGES | hold ADDRESS PORT COUNT\n",
              stderr);
        return 1;
    }
    struct sockaddr_in6 to = inet6(argv[2], number(argv[3], 1, 65535));
    long count = number(argv[4], 1, 100000);
    if (is_hold) {
        hold(&to, count);
    } else {
        run_streams(&to, count, number(argv[5], 1, 1L << 40), strcmp(what, "ask") == 0);
    }
}
