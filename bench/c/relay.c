/*
 * How a relay best moves bytes from one TCP connection to another: splice(2) through pipes of two sizes, recv(2) and
 * send(2) through a buffer, and with MSG_PEEK, which needs no memory for what the receiver does not take at once.
 *
 * A client, a relay and a target are threads with TCP connections over loopback between them. The relay waits by
 * edge-triggered epoll, as socketbox-relay does. In `echo` the client sends a message and waits until the target has
 * sent it back; in `stream` it sends messages one after another, and the target only reads. What is measured is the CPU
 * time of the relay's thread for each message. Modes take turns, so that what else the machine does meets all of them;
 * shown are the best time, and the median of the ratios to what the first mode took in the same round.
 *
 * relay [ROUNDS]: how often each mode has its turn, 15 if not given.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 64 << 10, MOVES_A_TURN = 16, MAX_ROUNDS = 99, LARGE = 32 << 10 };

enum mode { SPLICE_64, SPLICE_256, COPY, PEEK, ADAPTIVE, MODES };
static const char *const mode_names[MODES] = {"splice 64K", "splice 256K", "recv+send", "peek+send", "by size"};

struct end {
    int fd;
    bool readable, writable, ending;
};

struct flow {
    struct end *from, *to;
    int pipe[2];
    long in_pipe;
    long in_buffer, sent_of_buffer;
    bool over, large;
    char buffer[BUFFER];
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int must(int result, const char *what)
{
    if (result < 0) {
        die(what);
    }
    return result;
}

static void none_read(struct flow *flow, long result)
{
    if (result == 0) {
        flow->over = true;
        shutdown(flow->to->fd, SHUT_WR);
    } else if (errno == EAGAIN) {
        flow->from->readable = false;
    } else if (errno != EINTR) {
        die("read");
    }
}

static void none_written(struct flow *flow)
{
    if (errno != EAGAIN) {
        die("write");
    }
    flow->to->writable = false;
}

static void step_splice(struct flow *flow, size_t most)
{
    if (flow->in_pipe > 0) {
        long n = splice(flow->pipe[0], NULL, flow->to->fd, NULL, (size_t)flow->in_pipe, SPLICE_F_NONBLOCK);
        if (n < 0) {
            none_written(flow);
        } else {
            flow->in_pipe -= n;
        }
        return;
    }
    long n = splice(flow->from->fd, NULL, flow->pipe[1], NULL, most, SPLICE_F_NONBLOCK);
    if (n <= 0) {
        none_read(flow, n);
    } else {
        flow->in_pipe = n;
        flow->large = n >= LARGE;
    }
}

/* All that was there was read, unless the end is there too, which only another call tells. */
static void note_short(struct flow *flow, long n, size_t asked)
{
    if ((size_t)n < asked && !flow->from->ending) {
        flow->from->readable = false;
    }
}

static void step_copy(struct flow *flow)
{
    if (flow->in_buffer == 0) {
        long n = recv(flow->from->fd, flow->buffer, BUFFER, MSG_DONTWAIT);
        if (n <= 0) {
            none_read(flow, n);
            return;
        }
        note_short(flow, n, BUFFER);
        flow->large = n >= LARGE;
        flow->in_buffer = n;
        flow->sent_of_buffer = 0;
    }
    size_t left = (size_t)(flow->in_buffer - flow->sent_of_buffer);
    long n = send(flow->to->fd, flow->buffer + flow->sent_of_buffer, left, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) {
        none_written(flow);
        return;
    }
    flow->sent_of_buffer += n;
    if (flow->sent_of_buffer == flow->in_buffer) {
        flow->in_buffer = 0;
    }
}

static void step_peek(struct flow *flow)
{
    long n = recv(flow->from->fd, flow->buffer, BUFFER, MSG_DONTWAIT | MSG_PEEK);
    if (n <= 0) {
        none_read(flow, n);
        return;
    }
    long sent = send(flow->to->fd, flow->buffer, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
        none_written(flow);
        return;
    }
    must((int)recv(flow->from->fd, flow->buffer, (size_t)sent, MSG_DONTWAIT | MSG_TRUNC), "discard");
    if (sent == n) {
        note_short(flow, n, BUFFER);
    }
}

static void step(struct flow *flow, enum mode mode)
{
    switch (mode) {
    case SPLICE_64:
        step_splice(flow, 64 << 10);
        break;
    case SPLICE_256:
        step_splice(flow, 256 << 10);
        break;
    case COPY:
        step_copy(flow);
        break;
    case PEEK:
        step_peek(flow);
        break;
    default:
        if (flow->in_pipe > 0 || (flow->in_buffer == 0 && flow->large)) {
            step_splice(flow, 256 << 10);
        } else {
            step_copy(flow);
        }
    }
}

static void turn(struct flow *flow, enum mode mode)
{
    for (int i = 0; i < MOVES_A_TURN && !flow->over && flow->to->writable; i++) {
        if (flow->in_pipe == 0 && flow->in_buffer == 0 && !flow->from->readable) {
            return;
        }
        step(flow, mode);
    }
}

static bool can_go_on(const struct flow *flow)
{
    return !flow->over && flow->to->writable && (flow->in_pipe > 0 || flow->in_buffer > 0 || flow->from->readable);
}

struct relay {
    int client, target;
    enum mode mode;
    double cpu_ns;
};

static void make_pipe(struct flow *flow, enum mode mode)
{
    must(pipe2(flow->pipe, O_CLOEXEC | O_NONBLOCK), "pipe");
    if (mode == SPLICE_256 || mode == ADAPTIVE) {
        must(fcntl(flow->pipe[1], F_SETPIPE_SZ, 256 << 10), "F_SETPIPE_SZ");
    }
}

static void *run_relay(void *argument)
{
    struct relay *relay = argument;
    struct end ends[2] = {{relay->client, true, true, false}, {relay->target, true, true, false}};
    struct flow *flows = calloc(2, sizeof *flows);
    int epoll = must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    for (int i = 0; i < 2; i++) {
        flows[i].from = &ends[i];
        flows[i].to = &ends[1 - i];
        make_pipe(&flows[i], relay->mode);
        struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, {.u32 = (unsigned)i}};
        must(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[i].fd, &event), "epoll_ctl");
    }
    struct timespec start, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    while (!flows[0].over || !flows[1].over) {
        struct epoll_event events[2];
        int count = epoll_wait(epoll, events, 2, can_go_on(&flows[0]) || can_go_on(&flows[1]) ? 0 : -1);
        for (int i = 0; i < count; i++) {
            struct end *one = &ends[events[i].data.u32];
            one->readable |= (events[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
            one->ending |= (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
            one->writable |= (events[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
        }
        turn(&flows[0], relay->mode);
        turn(&flows[1], relay->mode);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    relay->cpu_ns = (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
    for (int i = 0; i < 2; i++) {
        close(ends[i].fd);
        close(flows[i].pipe[0]);
        close(flows[i].pipe[1]);
    }
    close(epoll);
    free(flows);
    return NULL;
}

struct workload {
    const char *name;
    bool echo;
    long size, messages;
};

struct target {
    int fd;
    const struct workload *load;
};

static void read_fully(int fd, char *buffer, long size)
{
    for (long done = 0; done < size;) {
        long n = recv(fd, buffer, (size_t)(size - done), 0);
        if (n <= 0) {
            die("the stream ended early");
        }
        done += n;
    }
}

static void write_fully(int fd, const char *buffer, long size)
{
    for (long done = 0; done < size;) {
        done += must((int)send(fd, buffer, (size_t)(size - done), MSG_NOSIGNAL), "send");
    }
}

static void *run_target(void *argument)
{
    const struct target *target = argument;
    char *buffer = calloc(1, (size_t)target->load->size);
    for (long i = 0; i < target->load->messages; i++) {
        read_fully(target->fd, buffer, target->load->size);
        if (target->load->echo) {
            write_fully(target->fd, buffer, target->load->size);
        }
    }
    free(buffer);
    close(target->fd);
    return NULL;
}

static void connect_pair(int pair[2])
{
    int listener = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    must(bind(listener, (struct sockaddr *)&address, length), "bind");
    must(listen(listener, 1), "listen");
    must(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
    pair[0] = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    must(connect(pair[0], (struct sockaddr *)&address, length), "connect");
    pair[1] = must(accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept");
    close(listener);
    int one = 1;
    for (int i = 0; i < 2; i++) {
        must(setsockopt(pair[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "TCP_NODELAY");
    }
}

static void start(pthread_t *thread, void *(*body)(void *), void *argument)
{
    errno = pthread_create(thread, NULL, body, argument);
    if (errno != 0) {
        die("pthread_create");
    }
}

/* CPU time of the relay's thread for one message. */
static double measure(const struct workload *load, enum mode mode)
{
    int near[2], far[2];
    connect_pair(near);
    connect_pair(far);
    must(fcntl(near[1], F_SETFL, O_NONBLOCK), "F_SETFL");
    must(fcntl(far[0], F_SETFL, O_NONBLOCK), "F_SETFL");
    struct relay relay = {near[1], far[0], mode, 0};
    struct target target = {far[1], load};
    pthread_t threads[2];
    start(&threads[0], run_relay, &relay);
    start(&threads[1], run_target, &target);
    char *buffer = calloc(1, (size_t)load->size);
    for (long i = 0; i < load->messages; i++) {
        write_fully(near[0], buffer, load->size);
        if (load->echo) {
            read_fully(near[0], buffer, load->size);
        }
    }
    shutdown(near[0], SHUT_WR);
    while (recv(near[0], buffer, 1, 0) > 0) {
    }
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    close(near[0]);
    free(buffer);
    return relay.cpu_ns / (double)load->messages;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const struct workload loads[] = {
        {"echo", true, 64, 2000},          {"echo", true, 1 << 10, 2000},     {"echo", true, 4 << 10, 2000},
        {"echo", true, 16 << 10, 2000},    {"echo", true, 64 << 10, 1000},    {"echo", true, 1 << 20, 60},
        {"stream", false, 64, 100000},     {"stream", false, 1 << 10, 30000}, {"stream", false, 4 << 10, 10000},
        {"stream", false, 16 << 10, 4000}, {"stream", false, 64 << 10, 1000}, {"stream", false, 1 << 20, 60},
    };
    int rounds = argc > 1 ? atoi(argv[1]) : 15;
    if (rounds < 1 || rounds > MAX_ROUNDS) {
        fprintf(stderr, "usage: relay [ROUNDS], 1 to %d\n", MAX_ROUNDS);
        return 2;
    }
    printf("%-7s %8s", "what", "bytes");
    for (int mode = 0; mode < MODES; mode++) {
        printf("  %18s", mode_names[mode]);
    }
    printf("\n%16s", "");
    for (int mode = 0; mode < MODES; mode++) {
        printf("  %10s %7s", "us", "ratio");
    }
    printf("\n");
    for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        static double times[MODES][MAX_ROUNDS], ratios[MODES][MAX_ROUNDS];
        for (int round = 0; round < rounds; round++) {
            for (int mode = 0; mode < MODES; mode++) {
                times[mode][round] = measure(&loads[i], mode);
                ratios[mode][round] = times[mode][round] / times[0][round];
            }
        }
        printf("%-7s %8ld", loads[i].name, loads[i].size);
        for (int mode = 0; mode < MODES; mode++) {
            qsort(times[mode], (size_t)rounds, sizeof(double), ascending);
            qsort(ratios[mode], (size_t)rounds, sizeof(double), ascending);
            printf("  %10.2f %7.2f", times[mode][0] / 1e3, ratios[mode][rounds / 2]);
        }
        printf("\n");
        fflush(stdout);
    }
    return 0;
}
