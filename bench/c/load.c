/* load ADDRESS PORT TOTAL IN-FLIGHT LATENCIES [SPREAD]: makes TOTAL connections, IN-FLIGHT at a time, and waits on each
   for a byte and the end. With SPREAD, the low 32 bits of the address run through 0 … SPREAD-1. The time from connect(2) to
   the first byte of each goes into the file LATENCIES, 8 bytes of nanoseconds in host order. Prints how many were
   answered, refused, reset, closed without a byte or unfinished after a minute without any progress, and the seconds. */
#include "bench.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { STALL_MS = 60000 };

struct connection {
    int fd;
    int answered;
    int64_t start_ns;
};

static struct sockaddr_in6 to;
static long total, spread, started, first_bytes, answered, refused, reset, closed_empty;
static int epoll;
static int64_t *latencies;

static long finished(void) {
    return answered + refused + reset + closed_empty;
}

static void failed(void) {
    if (errno == ECONNREFUSED) {
        refused++;
    } else {
        reset++;
    }
}

/* Whether there is one under way now. */
static int begin(struct connection *connection) {
    connection->fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->fd < 0) {
        DIE("socket");
    }
    if (spread > 0) {
        uint32_t low = htonl((uint32_t)(started % spread));
        memcpy(&to.sin6_addr.s6_addr[12], &low, sizeof low);
    }
    started++;
    connection->answered = 0;
    connection->start_ns = now_ns();
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = connection};
    if (connect(connection->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) {
        failed();
        close(connection->fd);
        return 0;
    }
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) < 0) {
        DIE("epoll_ctl");
    }
    return 1;
}

/* Whether the connection has ended. */
static int advance(struct connection *connection) {
    char byte[16];
    ssize_t length = read(connection->fd, byte, sizeof byte);
    if (length < 0) {
        if (errno == EAGAIN) {
            return 0;
        }
        failed();
    } else if (length > 0) {
        if (!connection->answered) {
            latencies[first_bytes++] = now_ns() - connection->start_ns;
            connection->answered = 1;
        }
        return 0;
    } else if (connection->answered) {
        answered++;
    } else {
        closed_empty++;
    }
    close(connection->fd);
    return 1;
}

int main(int argc, char **argv) {
    if (argc < 6 || argc > 7) {
        fputs("usage: load ADDRESS PORT TOTAL IN-FLIGHT LATENCIES [SPREAD]\n", stderr);
        return 1;
    }
    to = inet6(argv[1], number(argv[2], 1, 65535));
    total = number(argv[3], 1, 100000000);
    long in_flight = number(argv[4], 1, 100000);
    spread = argc > 6 ? number(argv[6], 1, 2000000000) : 0;
    latencies = calloc((size_t)total + (size_t)in_flight, sizeof *latencies);
    struct connection *connections = calloc((size_t)in_flight, sizeof *connections);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    int64_t begin_ns = now_ns();
    for (long i = 0; i < in_flight && started < total; i++) {
        while (started < total && !begin(&connections[i])) {
        }
    }
    while (finished() < total) {
        struct epoll_event events[256];
        int ready_now = epoll_wait(epoll, events, 256, STALL_MS);
        if (ready_now == 0) {
            break;
        }
        for (int i = 0; i < ready_now; i++) {
            struct connection *connection = events[i].data.ptr;
            if (advance(connection)) {
                while (started < total && !begin(connection)) {
                }
            }
        }
    }
    int64_t took_ns = now_ns() - begin_ns;
    FILE *file = fopen(argv[5], "w");
    if (file == NULL || fwrite(latencies, sizeof *latencies, (size_t)first_bytes, file) != (size_t)first_bytes ||
        fclose(file) != 0) {
        DIE(argv[5]);
    }
    printf("answered %ld refused %ld reset %ld closed %ld unfinished %ld ns %lld\n", answered, refused, reset,
           closed_empty, total - finished(), (long long)took_ns);
}
