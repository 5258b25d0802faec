/* load LEDGER ADDRESS PORT TOTAL IN-FLIGHT SPREAD BEHAVIOUR: makes TOTAL connections, IN-FLIGHT at a time, or as many as
   it can until its standard input ends when TOTAL is 0. The low 32 bits of the address run through 1 … SPREAD. Each
   connection has a number, from 0. With the behaviour `ask` it sends "NUMBER\n" and waits for the answer "NAME NUMBER\n"
   and the end of file; with `leave` it resets or closes at once or a moment later, by its number with or without having
   asked.

   The file LEDGER gets one byte for each: a answered, w answered wrongly, r refused, R reset, e end of file without an
   answer, t neither after a minute without any progress, l left by itself. */
#include "../../../bench/c/bench.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { STALL_MS = 60000, MOST = 4000000, ANSWER = 64, TICK_MS = 100 };

struct connection {
    int fd;
    long number;
    size_t length;
    char answer[ANSWER];
};

static struct sockaddr_in6 to;
static long total, spread, started, finished;
static int epoll, leaves, over;
static char *ledger;

static void end(struct connection *connection, char how) {
    ledger[connection->number] = how;
    close(connection->fd);
    connection->fd = -1;
    finished++;
}

static void fail(struct connection *connection) {
    end(connection, errno == ECONNREFUSED ? 'r' : 'R');
}

static int ask(struct connection *connection) {
    char line[32];
    int length = snprintf(line, sizeof line, "%ld\n", connection->number);
    return send(connection->fd, line, (size_t)length, MSG_NOSIGNAL) == length;
}

/* The last thing that a connection does which is not to be answered. */
static void leave(struct connection *connection) {
    struct linger at_once = {1, 0};
    if (connection->number % 8 >= 4) {
        ask(connection);
    }
    if (connection->number % 2 == 0 &&
        setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) < 0) {
        DIE("SO_LINGER");
    }
    end(connection, 'l');
}

static int is_over(void) {
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    char bytes[64];
    return over || (over = poll(&input, 1, 0) > 0 && read(STDIN_FILENO, bytes, sizeof bytes) <= 0);
}

/* Starts the next connection in this place, if there is to be one. */
static void begin(struct connection *connection) {
    while (connection->fd < 0 && started < (total > 0 ? total : MOST) && (total > 0 || !is_over())) {
        uint32_t low = htonl((uint32_t)(started % spread + 1));
        memcpy(&to.sin6_addr.s6_addr[12], &low, sizeof low);
        *connection = (struct connection){.fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
        connection->number = started++;
        struct epoll_event event = {.events = EPOLLOUT, .data.ptr = connection};
        if (connection->fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) < 0) {
            DIE("socket");
        }
        if (connect(connection->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) {
            fail(connection);
        } else if (leaves && connection->number % 4 == 0) {
            leave(connection);
        }
    }
}

static void judge(struct connection *connection) {
    char *number = memchr(connection->answer, ' ', connection->length);
    if (connection->length == 0) {
        end(connection, 'e');
    } else {
        connection->answer[connection->length - 1] = '\0';
        end(connection, number != NULL && strtol(number, NULL, 10) == connection->number ? 'a' : 'w');
    }
}

static void advance(struct connection *connection, unsigned events) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error != 0) {
        errno = error;
        fail(connection);
    } else if (leaves) {
        leave(connection);
    } else if (events & EPOLLOUT) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (!ask(connection) || epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event) < 0) {
            fail(connection);
        }
    } else {
        ssize_t length = read(
            connection->fd, connection->answer + connection->length, sizeof connection->answer - connection->length);
        if (length < 0) {
            fail(connection);
        } else if (length == 0) {
            judge(connection);
        } else {
            connection->length += (size_t)length;
        }
    }
}

static void write_ledger(const char *path, struct connection *connections, long in_flight) {
    for (long i = 0; i < in_flight; i++) {
        if (connections[i].fd >= 0) {
            end(&connections[i], 't');
        }
    }
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(ledger, 1, (size_t)started, file) != (size_t)started || fclose(file) != 0) {
        DIE(path);
    }
}

int main(int argc, char **argv) {
    if (argc != 8) {
        fputs("usage: load LEDGER ADDRESS PORT TOTAL IN-FLIGHT SPREAD ask|leave\n", stderr);
        return 1;
    }
    to = inet6(argv[2], number(argv[3], 1, 65535));
    total = number(argv[4], 0, MOST);
    long in_flight = number(argv[5], 1, 10000);
    spread = number(argv[6], 1, 2000000000);
    leaves = strcmp(argv[7], "leave") == 0;
    ledger = calloc(MOST, 1);
    struct connection *connections = calloc((size_t)in_flight, sizeof *connections);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    int64_t progress_ns = now_ns();
    for (long i = 0; i < in_flight; i++) {
        connections[i].fd = -1;
        begin(&connections[i]);
    }
    while (finished < started && now_ns() - progress_ns < STALL_MS * 1000000LL) {
        struct epoll_event events[256];
        int ready_now = epoll_wait(epoll, events, 256, TICK_MS);
        for (int i = 0; i < ready_now; i++) {
            struct connection *connection = events[i].data.ptr;
            advance(connection, events[i].events);
            begin(connection);
            progress_ns = now_ns();
        }
    }
    write_ledger(argv[1], connections, in_flight);
}
