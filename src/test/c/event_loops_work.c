/* poll, select, epoll and O_ASYNC, set before bind(), report a connection. */
#include "preload.h"
#include <sys/epoll.h>
#include <sys/select.h>

static volatile sig_atomic_t signalled;

static void note(int signal, siginfo_t *info, void *context) {
    (void)signal;
    (void)context;
    signalled = info->si_fd;
}

int main(void) {
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGRTMIN, &action, NULL) == 0);
    union address address;
    socklen_t length = address_of(&address, "::", 80);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    CHECK(fcntl(fd, F_SETOWN, getpid()) == 0 && fcntl(fd, F_SETSIG, SIGRTMIN) == 0);
    CHECK(fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK) == 0);
    CHECK(bind(fd, &address.any, length) == 0 && listen(fd, 5) == 0);
    CHECK((fcntl(fd, F_GETFL) & (O_ASYNC | O_NONBLOCK)) == (O_ASYNC | O_NONBLOCK));
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = fd};
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    CHECK(epoll_wait(epoll, &event, 1, 0) == 0 && poll(&polled, 1, 0) == 0 && signalled == 0);
    hand_over("web", "::", "::1");
    CHECK(epoll_wait(epoll, &event, 1, 1000) == 1 && event.events == EPOLLIN && event.data.fd == fd);
    CHECK(poll(&polled, 1, 1000) == 1 && polled.revents == POLLIN);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    CHECK(select(fd + 1, &set, NULL, NULL, NULL) == 1);
    CHECK(signalled == fd);
    CHECK(accept(fd, NULL, NULL) >= 0);
    CHECK(poll(&polled, 1, 0) == 0);
    return 0;
}
