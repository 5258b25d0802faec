/*
 * connect() to the magic addresses, where SKBOX_ENABLE_CONNECT allows it: the TCP socket is replaced by a UNIX one that
 * is connected already, or stays what it is when that fails.
 */
#define _GNU_SOURCE
#include "next.h"
#include "replace.h"
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

/* A UNIX socket that waits no longer than fd does. */
static int make(int fd, int type) {
    struct timeval timeout = {0};
    socklen_t length = sizeof timeout;
    int made = socket(AF_UNIX, type | SOCK_CLOEXEC | (fcntl(fd, F_GETFL) & O_NONBLOCK), 0);
    if (made >= 0 && next()->getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, &length) == 0) {
        next()->setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &timeout, length);
    }
    return made;
}

static int close_failed(int fd) {
    int error = errno;
    next()->close(fd);
    errno = error == ENOENT ? ECONNREFUSED : error; /* Nobody listens: a TCP client knows that by one name only. */
    return -1;
}

static int connect_stream(int fd, const struct sockaddr_un *to) {
    int made = make(fd, SOCK_STREAM);
    if (made >= 0 && next()->connect(made, (const struct sockaddr *)to, sizeof *to) != 0) {
        return close_failed(made);
    }
    return made;
}

/* Protocol A: one byte, and the connection. */
static ssize_t send_connection(int sender, int connection, struct sockaddr_un *to) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char zero = 0;
    struct iovec part = {.iov_base = &zero, .iov_len = 1};
    struct msghdr message = {.msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof connection);
    memcpy(CMSG_DATA(rights), &connection, sizeof connection);
    return sendmsg(sender, &message, MSG_NOSIGNAL);
}

/* Makes the connection by itself and hands the other end to who receives at `to`. */
static int connect_datagram(int fd, struct sockaddr_un *to) {
    int ends[2];
    int sender = make(fd, SOCK_DGRAM);
    if (sender < 0) {
        return -1;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return close_failed(sender);
    }
    ssize_t sent = send_connection(sender, ends[1], to);
    int error = errno;
    next()->close(ends[1]);
    next()->close(sender);
    if (sent < 0) {
        errno = error;
        return close_failed(ends[0]);
    }
    return ends[0];
}

static int replace(int fd, enum target_kind kind, const struct target *target, const struct sockaddr *address,
                   socklen_t length) {
    struct state state;
    int domain = address->sa_family;
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    memcpy(to.sun_path, target->path, sizeof to.sun_path);
    state_init(&state, STATE_CONNECTION, domain);
    state.address_length = domain == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    memcpy(state.address, address, length < state.address_length ? length : state.address_length);
    options_capture(fd, &state);
    int made = kind == TARGET_STREAM ? connect_stream(fd, &to) : connect_datagram(fd, &to);
    if (made < 0) {
        return -1;
    }
    options_inherit(made, &state);
    return state_write(made, &state) == 0 && replace_descriptor(made, fd) == 0 ? 0 : close_failed(made);
}

static bool is_connected(int fd) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    return next()->getpeername(fd, (struct sockaddr *)&peer, &length) == 0;
}

static int refuse(int error) {
    errno = error;
    return -1;
}

int hook_connect(int fd, const struct sockaddr *address, socklen_t length) HOOK(connect);

int hook_connect(int fd, const struct sockaddr *address, socklen_t length) {
    struct target target;
    struct state state;
    int domain;
    enum target_kind kind = target_find_peer(address, length, &target);
    int error = errno;
    if (kind == TARGET_NONE) {
        return next()->connect(fd, address, length);
    }
    if (state_read(fd, &state)) {
        return refuse(EISCONN);
    }
    if (!replace_is_tcp(fd, &domain)) {
        return next()->connect(fd, address, length);
    }
    if (kind == TARGET_ERROR) {
        return refuse(error);
    }
    if (is_connected(fd)) {
        return refuse(EISCONN);
    }
    if (kind == TARGET_LINK_LOCAL) {
        return next()->connect(fd, (struct sockaddr *)&target.link_local, sizeof target.link_local);
    }
    return (sa_family_t)domain == address->sa_family ? replace(fd, kind, &target, address, length)
                                                     : refuse(EAFNOSUPPORT);
}
