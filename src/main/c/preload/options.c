#define _GNU_SOURCE
#include "options.h"

#include "next.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>

enum { TRIES = 16, LISTEN_STATE = 10 /* TCP_LISTEN of <netinet/tcp.h>, in tcp_info */ };

/* What accepted connections inherit from a listening socket on Linux (sk_clone_lock, tcp_create_openreq_child). */
static const struct inherited {
    uint16_t level;
    uint16_t name;
} inherited[] = {
    {SOL_SOCKET, SO_KEEPALIVE},       {SOL_SOCKET, SO_LINGER},
    {SOL_SOCKET, SO_OOBINLINE},       {SOL_SOCKET, SO_RCVBUF},
    {SOL_SOCKET, SO_SNDBUF},          {SOL_SOCKET, SO_RCVLOWAT},
    {SOL_SOCKET, SO_RCVTIMEO},        {SOL_SOCKET, SO_SNDTIMEO},
    {SOL_SOCKET, SO_PRIORITY},        {SOL_SOCKET, SO_MARK},
    {SOL_SOCKET, SO_DONTROUTE},       {SOL_SOCKET, SO_BUSY_POLL},
    {SOL_SOCKET, SO_ZEROCOPY},        {SOL_SOCKET, SO_TIMESTAMP},
    {IPPROTO_TCP, TCP_NODELAY},       {IPPROTO_TCP, TCP_CORK},
    {IPPROTO_TCP, TCP_KEEPIDLE},      {IPPROTO_TCP, TCP_KEEPINTVL},
    {IPPROTO_TCP, TCP_KEEPCNT},       {IPPROTO_TCP, TCP_USER_TIMEOUT},
    {IPPROTO_TCP, TCP_LINGER2},       {IPPROTO_TCP, TCP_NOTSENT_LOWAT},
    {IPPROTO_TCP, TCP_CONGESTION},    {IPPROTO_TCP, TCP_WINDOW_CLAMP},
    {IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS},
    {IPPROTO_IP, IP_TOS},             {IPPROTO_IP, IP_TTL},
    {IPPROTO_IP, IP_MTU_DISCOVER},    {IPPROTO_IP, IP_RECVERR},
    {IPPROTO_IPV6, IPV6_TCLASS},      {IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    {IPPROTO_IPV6, IPV6_MTU_DISCOVER}, {IPPROTO_IPV6, IPV6_RECVERR},
};

/* Not inherited, but set before bind() and asked for after it. */
static const struct inherited own[] = {
    {SOL_SOCKET, SO_REUSEADDR},
    {SOL_SOCKET, SO_REUSEPORT},
    {IPPROTO_IPV6, IPV6_V6ONLY},
    {IPPROTO_TCP, TCP_DEFER_ACCEPT},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_inherited(unsigned level, unsigned name) {
    for (size_t i = 0; i < COUNT(inherited); i++) {
        if (inherited[i].level == level && inherited[i].name == name) {
            return true;
        }
    }
    return false;
}

/* Options whose value is a program or a pointer to one. They mean nothing here, and a filter would replace our own. */
static bool is_program(int level, int name) {
    if (level != SOL_SOCKET) {
        return false;
    }
    switch (name) {
    case SO_ATTACH_FILTER:
    case SO_ATTACH_BPF:
    case SO_DETACH_FILTER: /* and SO_DETACH_BPF */
    case SO_LOCK_FILTER:
    case SO_ATTACH_REUSEPORT_CBPF:
    case SO_ATTACH_REUSEPORT_EBPF:
    case SO_DETACH_REUSEPORT_BPF:
        return true;
    default:
        return false;
    }
}

static const struct state_option *find(const struct state *state, unsigned level, unsigned name) {
    for (uint32_t i = 0; i < state->option_count; i++) {
        if (state->options[i].level == level && state->options[i].name == name) {
            return &state->options[i];
        }
    }
    return NULL;
}

static bool record(struct state *state, int level, int name, const void *value, socklen_t length) {
    struct state_option option = {.level = (uint16_t)level, .name = (uint16_t)name, .length = length};
    if (length > sizeof option.value || level != option.level || name != option.name) {
        return true; /* It was checked by a real socket; there is no room to keep it, and nothing inherits it. */
    }
    memcpy(option.value, value, length);
    uint32_t i = 0;
    while (i < state->option_count && (state->options[i].level != level || state->options[i].name != name)) {
        i++;
    }
    if (i == STATE_OPTIONS) {
        return false;
    }
    state->options[i] = option;
    state->option_count += i == state->option_count;
    return true;
}

static void capture(int fd, int fresh, const struct inherited *option, struct state *state) {
    uint8_t now[STATE_VALUE_BYTES] = {0};
    uint8_t normal[STATE_VALUE_BYTES] = {0};
    socklen_t length = sizeof now;
    socklen_t normal_length = sizeof normal;
    if (next()->getsockopt(fd, option->level, option->name, now, &length) != 0
        || next()->getsockopt(fresh, option->level, option->name, normal, &normal_length) != 0
        || memcmp(now, normal, sizeof now) == 0) {
        return;
    }
    if (option->level == SOL_SOCKET && (option->name == SO_RCVBUF || option->name == SO_SNDBUF)) {
        int bytes;
        memcpy(&bytes, now, sizeof bytes);
        bytes /= 2; /* The kernel doubles what it is given. */
        memcpy(now, &bytes, sizeof bytes);
    }
    record(state, option->level, option->name, now, length);
}

void options_capture(int fd, struct state *state) {
    int fresh = socket((int)state->domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fresh < 0) {
        return;
    }
    for (size_t i = 0; i < COUNT(inherited); i++) {
        capture(fd, fresh, &inherited[i], state);
    }
    for (size_t i = 0; i < COUNT(own); i++) {
        capture(fd, fresh, &own[i], state);
    }
    next()->close(fresh);
}

void file_flags_read(int fd, struct file_flags *flags) {
    struct f_owner_ex owner = {0};
    flags->status = fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ASYNC);
    flags->descriptor = fcntl(fd, F_GETFD) & FD_CLOEXEC;
    flags->signal = fcntl(fd, F_GETSIG);
    fcntl(fd, F_GETOWN_EX, &owner);
    flags->owner_type = (int)owner.type;
    flags->owner = owner.pid;
}

void file_flags_apply(int fd, const struct file_flags *flags) {
    if (flags->owner != 0) {
        struct f_owner_ex owner = {.pid = flags->owner};
        owner.type = flags->owner_type;
        fcntl(fd, F_SETOWN_EX, &owner);
    }
    if (flags->signal != 0) {
        fcntl(fd, F_SETSIG, flags->signal);
    }
    fcntl(fd, F_SETFD, flags->descriptor);
    fcntl(fd, F_SETFL, flags->status);
}

static void apply(int fd, const struct state_option *option) {
    next()->setsockopt(fd, option->level, option->name, option->value, option->length);
}

/* A real TCP socket with the listener's options: it knows what is valid and what to answer. */
static int mirror(const struct state *state) {
    int fd = socket((int)state->domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    for (uint32_t i = 0; fd >= 0 && i < state->option_count; i++) {
        apply(fd, &state->options[i]);
    }
    return fd;
}

static int check(const struct state *state, int level, int name, const void *value, socklen_t length) {
    int fd = mirror(state);
    if (fd < 0) {
        return -1;
    }
    int result = next()->setsockopt(fd, level, name, value, length);
    int error = errno;
    next()->close(fd);
    errno = error;
    return result;
}

static bool is_timeout(int level, int name) {
    return level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO);
}

static int set(int fd, int level, int name, const void *value, socklen_t length) {
    struct state state;
    if (is_program(level, name)) {
        return 0;
    }
    if (!state_read(fd, &state)) {
        errno = EBADF;
        return -1;
    }
    if (check(&state, level, name, value, length) != 0) {
        return -1;
    }
    if (is_timeout(level, name) && next()->setsockopt(fd, level, name, value, length) != 0) {
        return -1; /* accept() waits no longer than it says. */
    }
    for (int i = 0; i < TRIES; i++) {
        const struct state_option *known = find(&state, (unsigned)level, (unsigned)name);
        if (i > 0 && (length > STATE_VALUE_BYTES || (known != NULL && memcmp(known->value, value, length) == 0))) {
            return 0; /* Read back what was written: somebody may have written in between. */
        }
        if (!record(&state, level, name, value, length)) {
            errno = ENOBUFS;
            return -1;
        }
        if (state_write(fd, &state) != 0 || !state_read(fd, &state)) {
            return -1;
        }
    }
    return 0;
}

static void put_int(void *value, socklen_t *length, int number) {
    *length = *length < sizeof number ? *length : (socklen_t)sizeof number;
    memcpy(value, &number, *length);
}

static int get(const struct state *state, int level, int name, void *value, socklen_t *length) {
    int fd = mirror(state);
    if (fd < 0) {
        return -1;
    }
    int result = next()->getsockopt(fd, level, name, value, length);
    int error = errno;
    next()->close(fd);
    errno = error;
    bool listening = (state->flags & (STATE_LISTENING | STATE_SHUT)) == STATE_LISTENING;
    if (result == 0 && level == SOL_SOCKET && name == SO_ACCEPTCONN) {
        put_int(value, length, listening);
    } else if (result == 0 && level == IPPROTO_TCP && name == TCP_INFO && listening && *length > 0) {
        *(uint8_t *)value = LISTEN_STATE;
    }
    return result;
}

void options_inherit(int connection, const struct state *state) {
    for (uint32_t i = 0; i < state->option_count; i++) {
        if (is_inherited(state->options[i].level, state->options[i].name)) {
            apply(connection, &state->options[i]);
        }
    }
}

/* Whether the kernel's socket of a connection is of another kind than the daemon's, and does not know the option. */
static bool is_unknown(const struct state *state, int level) {
    return state->kind == STATE_CONNECTION && level != SOL_SOCKET && (errno == ENOPROTOOPT || errno == EOPNOTSUPP);
}

/* SO_DOMAIN and SO_PROTOCOL of a connection are those of the socket that the daemon believes it has. */
static bool names_kind(int level, int name) {
    return level == SOL_SOCKET && (name == SO_DOMAIN || name == SO_PROTOCOL);
}

int hook_getsockopt(int fd, int level, int name, void *value, socklen_t *length) HOOK(getsockopt);
int hook_setsockopt(int fd, int level, int name, const void *value, socklen_t length) HOOK(setsockopt);

int hook_getsockopt(int fd, int level, int name, void *value, socklen_t *length) {
    struct state state;
    if (!state_read(fd, &state)) {
        return next()->getsockopt(fd, level, name, value, length);
    }
    if (state.kind == STATE_LISTENER || names_kind(level, name)) {
        return get(&state, level, name, value, length);
    }
    int result = next()->getsockopt(fd, level, name, value, length);
    return result != 0 && is_unknown(&state, level) ? get(&state, level, name, value, length) : result;
}

int hook_setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
    struct state state;
    if (!state_read(fd, &state)) {
        return next()->setsockopt(fd, level, name, value, length);
    }
    if (state.kind == STATE_LISTENER) {
        return set(fd, level, name, value, length);
    }
    int result = next()->setsockopt(fd, level, name, value, length);
    return result != 0 && is_unknown(&state, level) ? set(fd, level, name, value, length) : result;
}
