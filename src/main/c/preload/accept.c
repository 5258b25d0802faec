/* accept() on a replaced listener: receiving one descriptor of protocol A. Nothing here allocates or locks. */
#define _GNU_SOURCE
#include "names.h"
#include "next.h"
#include "options.h"
#include "settings.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/uio.h>

enum { NOTHING = -2 /* a message came, and no connection in it */, CONTROL_BYTES = 256 };

/* The first descriptor of a message; any further ones are closed. */
static int take_descriptors(struct msghdr *message) {
    int first = NOTHING;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS || part->cmsg_len < CMSG_LEN(0)) {
            continue;
        }
        size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
            if (first == NOTHING) {
                first = fd;
            } else {
                next()->close(fd);
            }
        }
    }
    return first;
}

static int receive(int fd, int flags) {
    union {
        struct cmsghdr align;
        char bytes[CONTROL_BYTES];
    } control;
    char text[16];
    struct iovec part = {.iov_base = text, .iov_len = sizeof text};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (recvmsg(fd, &message, (flags & SOCK_CLOEXEC) != 0 ? MSG_CMSG_CLOEXEC : 0) < 0) {
        return -1;
    }
    return take_descriptors(&message);
}

/* Where no descriptor number is free, the kernel would drop the connection with its message: find out before. */
static bool number_is_free(int fd) {
    int probe = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (probe < 0) {
        return false;
    }
    next()->close(probe);
    return true;
}

/* The family of the connection, or -1 if SKBOX_STRICT_STREAM_MODE forbids it. */
static int family_of(int connection) {
    int type = 0;
    int family = -1;
    socklen_t length = sizeof type;
    if (next()->getsockopt(connection, SOL_SOCKET, SO_TYPE, &type, &length) != 0) {
        return settings()->strict_stream == 0 ? AF_UNSPEC : -1;
    }
    length = sizeof family;
    next()->getsockopt(connection, SOL_SOCKET, SO_DOMAIN, &family, &length);
    if (settings()->strict_stream >= 1 && type != SOCK_STREAM) {
        return -1;
    }
    bool known = family == AF_INET || family == AF_INET6 || family == AF_UNIX;
    return settings()->strict_stream >= 2 && !known ? -1 : family;
}

/* O_NONBLOCK belongs to the open file and travels with it; accept4() says what the daemon wants. */
static void set_blocking(int connection, int flags) {
    int status = fcntl(connection, F_GETFL);
    int wanted = (flags & SOCK_NONBLOCK) != 0 ? status | O_NONBLOCK : status & ~O_NONBLOCK;
    if (status >= 0 && wanted != status) {
        fcntl(connection, F_SETFL, wanted);
    }
}

/* Makes the connection what the listener would have accepted; false if it is none or its client has gone already. */
static bool finish(int connection, const struct state *listener, struct sockaddr *to, socklen_t *room, int flags) {
    int family = family_of(connection);
    if (family < 0) {
        return false;
    }
    if (to != NULL) {
        struct sockaddr_storage name = {0};
        socklen_t length = sizeof name;
        if (next()->getpeername(connection, (struct sockaddr *)&name, &length) != 0) {
            return false;
        }
        names_give(&name, length, (int)listener->domain, to, room);
    }
    options_inherit(connection, listener);
    set_blocking(connection, flags);
    bool translated = family != (int)listener->domain && (family != AF_UNIX || settings()->stealth == 1);
    if (translated) {
        struct state mark;
        state_init(&mark, STATE_CONNECTION, (int)listener->domain);
        state_write(connection, &mark);
    }
    return true;
}

static bool arguments_are_valid(const struct sockaddr *to, const socklen_t *room, int flags) {
    if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0 || (to != NULL && room != NULL && (int)*room < 0)) {
        errno = EINVAL;
        return false;
    }
    if (to != NULL && room == NULL) {
        errno = EFAULT;
        return false;
    }
    return true;
}

static bool is_listening(const struct state *state) {
    if ((state->flags & (STATE_LISTENING | STATE_SHUT)) == STATE_LISTENING) {
        return true;
    }
    errno = EINVAL;
    return false;
}

static int accept_datagram(int fd, struct state *state, struct sockaddr *to, socklen_t *room, int flags) {
    int saved = errno;
    if (!arguments_are_valid(to, room, flags)) {
        return -1;
    }
    while (is_listening(state)) {
        if (!number_is_free(fd)) {
            return -1;
        }
        if (settings()->yield == 1) {
            sched_yield();
        }
        int connection = receive(fd, flags);
        if (connection == -1) {
            return -1;
        }
        if (connection >= 0 && finish(connection, state, to, room, flags)) {
            errno = saved;
            return connection;
        }
        if (connection >= 0) {
            next()->close(connection);
        } else if (!state_read_listener(fd, state)) { /* An empty message: shutdown() wakes us with one. */
            errno = EINVAL;
            return -1;
        }
    }
    return -1;
}

/* A UNIX stream listener: the kernel accepts, the address is ours. */
static int accept_stream(int fd, const struct state *state, struct sockaddr *to, socklen_t *room, int flags) {
    if (!is_listening(state) || !arguments_are_valid(to, room, flags)) {
        return -1;
    }
    int connection = next()->accept4(fd, NULL, NULL, flags & SOCK_CLOEXEC);
    if (connection >= 0 && !finish(connection, state, to, room, flags)) {
        next()->close(connection);
        errno = ECONNABORTED;
        return -1;
    }
    return connection;
}

/* SKBOX_ACCEPT_STREAM: a connected UNIX stream or seqpacket socket on which descriptors arrive. */
static bool delivers_descriptors(int fd, struct state *state) {
    int domain = 0;
    int listening = 1;
    int type = 0;
    socklen_t length = sizeof(int);
    if (settings()->accept_stream != 1 || next()->getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0
        || domain != AF_UNIX || next()->getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) != 0
        || listening != 0 || next()->getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0) {
        return false;
    }
    state_init(state, STATE_LISTENER, AF_INET6);
    state->flags = STATE_LISTENING;
    return type == SOCK_STREAM || type == SOCK_SEQPACKET;
}

int hook_accept4(int fd, struct sockaddr *to, socklen_t *room, int flags) HOOK(accept4);
int hook_accept(int fd, struct sockaddr *to, socklen_t *room) HOOK(accept);

int hook_accept4(int fd, struct sockaddr *to, socklen_t *room, int flags) {
    struct state state;
    if (!state_read_listener(fd, &state)) {
        return delivers_descriptors(fd, &state) ? accept_datagram(fd, &state, to, room, flags)
                                                : next()->accept4(fd, to, room, flags);
    }
    return (state.flags & STATE_STREAM) != 0 ? accept_stream(fd, &state, to, room, flags)
                                             : accept_datagram(fd, &state, to, room, flags);
}

int hook_accept(int fd, struct sockaddr *to, socklen_t *room) {
    return hook_accept4(fd, to, room, 0);
}
