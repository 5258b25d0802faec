/* A socket that is in an epoll set before it is bound, or gives its connections to another one later, stays in it. */
#include "preload.h"
#include <sys/epoll.h>

static void add(int epoll, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void reports(int epoll, uint32_t events, uint64_t data) {
    struct epoll_event event[4];
    CHECK(epoll_wait(epoll, event, 4, 1000) == 1);
    CHECK(event[0].events == events && event[0].data.u64 == data);
}

static void bind_again(int fd, const char *ip, int port) {
    union address address;
    socklen_t length = address_of(&address, ip, port);
    CHECK(bind(fd, &address.any, length) == 0 && listen(fd, 5) == 0);
}

/* Set before bind(), in two sets, with another meaning in each. */
static void before_bind(void) {
    int first = epoll_create1(0);
    int second = epoll_create1(0);
    int other = listening("::1", 0);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    for (int i = 0; i < 200; i++) {
        add(first, dup(other), EPOLLIN, 1); /* so many that they take more than one read */
    }
    add(first, fd, EPOLLIN, UINT64_MAX - 7);
    add(second, fd, EPOLLIN | EPOLLET, 8);
    struct epoll_event event;
    epoll_wait(second, &event, 1, 0); /* A TCP socket that does not listen hangs up. */
    bind_again(fd, "2001:db8::1", 81);
    CHECK(epoll_wait(first, &event, 1, 0) == 0 && epoll_wait(second, &event, 1, 0) == 0);
    hand_over("six", "::", "::1");
    reports(first, EPOLLIN, UINT64_MAX - 7);
    reports(second, EPOLLIN, 8);
    CHECK(epoll_wait(second, &event, 1, 0) == 0); /* edge-triggered as before */
    CHECK(epoll_ctl(first, EPOLL_CTL_DEL, fd, NULL) == 0);
    CHECK(epoll_wait(first, &event, 1, 0) == 0);
}

/* The IPv4 socket of both families is in the set already when the IPv6 one takes its connections over. */
static void between_two_binds(void) {
    int epoll = epoll_create1(0);
    struct epoll_event event;
    int v4 = bound("0.0.0.0", 80);
    CHECK(fcntl(v4, F_SETFL, O_NONBLOCK) == 0 && listen(v4, 5) == 0);
    add(epoll, v4, EPOLLIN, 4);
    int v6 = listening("::", 80);
    add(epoll, v6, EPOLLIN, 6);
    hand_over("web", "::", "::1");
    reports(epoll, EPOLLIN, 6);
    CHECK(accept(v6, NULL, NULL) >= 0);
    CHECK(epoll_wait(epoll, &event, 1, 0) == 0);
    CHECK(epoll_ctl(epoll, EPOLL_CTL_DEL, v4, NULL) == 0); /* It is in there still. */
}

int main(void) {
    before_bind();
    between_two_binds();
    return 0;
}
