/*
 * What the preload tests share. Each test is a program that shows one behaviour: it runs under the library, in an empty
 * folder, with SOCKETBOX_BIND=*:80=web,[2001:db8::1]:81=six,192.0.2.1:82=four (in that folder), and returns 0.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                                                              \
    do {                                                                                                              \
        if (!(condition)) {                                                                                           \
            fprintf(stderr, "%s:%d: not true: %s (errno %s)\n", __FILE__, __LINE__, #condition, strerror(errno));     \
            exit(1);                                                                                                  \
        }                                                                                                             \
    } while (0)

#define FAILS(call, error) CHECK((errno = 0, (call) == -1 && errno == (error)))

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un un;
    struct sockaddr_storage storage;
};

static inline socklen_t address_of(union address *address, const char *ip, int port) {
    memset(address, 0, sizeof *address);
    if (strchr(ip, ':') != NULL) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons((uint16_t)port);
        CHECK(inet_pton(AF_INET6, ip, &address->v6.sin6_addr) == 1);
        return sizeof address->v6;
    }
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons((uint16_t)port);
    CHECK(inet_pton(AF_INET, ip, &address->v4.sin_addr) == 1);
    return sizeof address->v4;
}

/* A socket bound to ip and port, not listening. */
static inline int bound(const char *ip, int port) {
    union address address;
    socklen_t length = address_of(&address, ip, port);
    int fd = socket(address.any.sa_family, SOCK_STREAM, 0);
    CHECK(fd >= 0);
    CHECK(bind(fd, &address.any, length) == 0);
    return fd;
}

static inline int listening(const char *ip, int port) {
    int fd = bound(ip, port);
    CHECK(listen(fd, 5) == 0);
    return fd;
}

/* One TCP connection on this machine: the client's side, and the side that a server has accepted. */
struct connection {
    int client;
    int server;
    union address client_name;
    union address server_name;
};

/* listen_ip decides the family of the server's socket, connect_ip that of the peers. */
static inline struct connection connection_to(const char *listen_ip, const char *connect_ip) {
    struct connection made;
    union address address;
    socklen_t length = sizeof address;
    int listener = bound(listen_ip, 0);
    CHECK(listen(listener, 1) == 0 && getsockname(listener, &address.any, &length) == 0);
    int port = ntohs(address.v4.sin_port);
    length = address_of(&address, connect_ip, port);
    made.client = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(connect(made.client, &address.any, length) == 0);
    made.server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    CHECK(made.server >= 0);
    close(listener);
    length = sizeof made.client_name;
    CHECK(getpeername(made.server, &made.client_name.any, &length) == 0);
    length = sizeof made.server_name;
    CHECK(getsockname(made.server, &made.server_name.any, &length) == 0);
    return made;
}

/* Sends descriptors in one message of protocol A; returns what sendmsg() does. */
static inline ssize_t send_descriptors(const char *path, const int *descriptors, int count) {
    union address to = {.un.sun_family = AF_UNIX};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(8 * sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    strcpy(to.un.sun_path, path);
    struct iovec part = {.iov_base = "", .iov_len = 1};
    struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to.un, .msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(rights), descriptors, (size_t)count * sizeof(int));
    }
    int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssize_t sent = sendmsg(sender, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    int error = errno;
    close(sender);
    errno = error;
    return sent;
}

/* Hands a new connection to the receiver at path, as a server does; the server's copy is closed. */
static inline struct connection hand_over(const char *path, const char *listen_ip, const char *connect_ip) {
    struct connection made = connection_to(listen_ip, connect_ip);
    CHECK(send_descriptors(path, &made.server, 1) == 1);
    close(made.server);
    made.server = -1;
    return made;
}

static inline int int_option(int fd, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    CHECK(getsockopt(fd, level, name, &value, &length) == 0);
    CHECK(length == sizeof value);
    return value;
}

static inline void set_option(int fd, int level, int name, int value) {
    CHECK(setsockopt(fd, level, name, &value, sizeof value) == 0);
}

static inline bool exists(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0;
}

/* The exit status of a child that runs body. */
static inline int in_child(void (*body)(int), int argument) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        body(argument);
        exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static inline int client_result(int client) {
    char byte;
    ssize_t count = recv(client, &byte, 1, 0);
    return count < 0 ? errno : (int)count;
}
