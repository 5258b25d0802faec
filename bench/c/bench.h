/* What the benchmark tools share. Each is a single-threaded program that ends with a message when it cannot go on. */
#ifndef SOCKETBOX_BENCH_H
#define SOCKETBOX_BENCH_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

/* Ends the program with what failed and why. */
#define DIE(what)                                                                                                      \
    do {                                                                                                               \
        perror(what);                                                                                                  \
        exit(1);                                                                                                       \
    } while (0)

static inline int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* The number in an argument, from least to most. */
static inline long number(const char *text, long least, long most) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || value < least || value > most) {
        fprintf(stderr, "'%s' is not a number from %ld to %ld\n", text, least, most);
        exit(1);
    }
    return value;
}

static inline struct sockaddr_in6 inet6(const char *address, long port) {
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET6, address, &in6.sin6_addr) != 1) {
        fprintf(stderr, "'%s' is not an IPv6 address\n", address);
        exit(1);
    }
    return in6;
}

/* PATH for the first of one, PATH.0, PATH.1, … for many. */
static inline struct sockaddr_un unix_path(const char *path, long index, long count) {
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int length = count == 1 ? snprintf(un.sun_path, sizeof un.sun_path, "%s", path)
                            : snprintf(un.sun_path, sizeof un.sun_path, "%s.%ld", path, index);
    if (length >= (int)sizeof un.sun_path) {
        fprintf(stderr, "%s: path too long\n", path);
        exit(1);
    }
    return un;
}

static inline int listen_on(long port) {
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int one = 1;
    struct sockaddr_in6 any = inet6("::", port);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
        bind(fd, (struct sockaddr *)&any, sizeof any) < 0 || listen(fd, 4096) < 0) {
        DIE("listen");
    }
    return fd;
}

/* Tells the benchmark that the program is ready. */
static inline void ready(void) {
    puts("ready");
    fflush(stdout);
}

#endif
