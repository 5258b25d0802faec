/* bind(), listen() and shutdown() of a daemon's listening socket. */
#define _GNU_SOURCE
#include "exec.h"
#include "family.h"
#include "next.h"
#include "options.h"
#include "release.h"
#include "replace.h"
#include "settings.h"
#include "socketfile.h"
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>

/* Among our own descriptors, the listener at path. */
static int find_own(const char *path, struct state *state) {
    for (int fd = state_next_listener(0, state); fd >= 0; fd = state_next_listener(fd + 1, state)) {
        char name[109];
        if (socketfile_path(fd, name) && strcmp(name, path) == 0) {
            return fd;
        }
    }
    return -1;
}

static bool has_reuse_port(const struct state *state) {
    for (uint32_t i = 0; i < state->option_count; i++) {
        if (state->options[i].level == SOL_SOCKET && state->options[i].name == SO_REUSEPORT) {
            return state->options[i].value[0] != 0;
        }
    }
    return false;
}

static bool same_address(const struct state *a, const struct state *b) {
    return a->address_length == b->address_length && memcmp(a->address, b->address, a->address_length) == 0;
}

/* A UNIX socket that carries state, without a name yet. */
static int make(int type, const struct state *state) {
    int made = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (made < 0) {
        return -1;
    }
    for (uint32_t i = 0; i < state->option_count; i++) {
        const struct state_option *option = &state->options[i];
        if (option->level == SOL_SOCKET && option->name == SO_RCVTIMEO) {
            next()->setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, option->value, option->length);
        }
    }
    if (state_write(made, state) != 0) {
        int error = errno;
        next()->close(made);
        errno = error;
        return -1;
    }
    return made;
}

/*
 * A second address of this process leads to the same path. One of the two descriptors gets the connections, the other
 * stands for its address and stays silent: were both readable, a daemon that accepts without O_NONBLOCK after poll()
 * would hang on the slower one. IPv6 gets them, because it can show every peer as it is.
 */
static int share_path(int fd, int owner, struct state *mine, struct state *theirs) {
    int silent = make(SOCK_DGRAM, mine);
    if (silent < 0) {
        return -1;
    }
    if (mine->domain != AF_INET6 || theirs->domain != AF_INET) {
        return replace_descriptor(silent, fd);
    }
    struct file_flags old;
    struct file_flags new;
    file_flags_read(owner, &old);
    file_flags_read(fd, &new);
    memcpy(mine->device, theirs->device, sizeof mine->device);
    memcpy(mine->inode, theirs->inode, sizeof mine->inode);
    mine->flags |= theirs->flags; /* Nothing that waits is lost while the new one does not listen yet. */
    memset(theirs->device, 0, sizeof theirs->device);
    memset(theirs->inode, 0, sizeof theirs->inode);
    if (state_write(owner, mine) != 0 || state_write(silent, theirs) != 0 || replace_by_copy(owner, fd, &new) != 0) {
        int error = errno;
        state_write(owner, theirs);
        next()->close(silent);
        errno = error;
        return -1;
    }
    return replace_with_flags(silent, owner, &old);
}

static bool may_join(const struct state *mine, const struct state *theirs) {
    return has_reuse_port(mine) && has_reuse_port(theirs) && (theirs->flags & STATE_SHUT) == 0;
}

/* Makes fd one more descriptor of the listener `owner`, if both want that. */
static int join(int fd, int owner, const struct state *mine, const struct state *theirs) {
    struct file_flags flags;
    if (!same_address(mine, theirs) || !may_join(mine, theirs)) {
        errno = EADDRINUSE;
        return -1;
    }
    file_flags_read(fd, &flags);
    return replace_by_copy(owner, fd, &flags);
}

/* The same with a listener of another worker. */
static int join_family(int fd, const char *path, struct state *mine) {
    struct state theirs;
    int copy = has_reuse_port(mine) ? family_copy(path, &theirs) : -1;
    if (copy < 0) {
        errno = EADDRINUSE;
        return -1;
    }
    bool stays_silent = mine->domain == AF_INET && theirs.domain == AF_INET6 && may_join(mine, &theirs);
    int result = stays_silent ? share_path(fd, copy, mine, &theirs) : join(fd, copy, mine, &theirs);
    int error = errno;
    next()->close(copy);
    errno = error;
    return result;
}

/* The path is taken by a live listener: shares it if that is our own. */
static int share(int fd, const char *path, struct state *mine) {
    struct state theirs;
    int owner = find_own(path, &theirs);
    if (owner < 0) {
        return join_family(fd, path, mine);
    }
    if (!same_address(mine, &theirs) && (theirs.flags & STATE_SHUT) == 0) {
        return share_path(fd, owner, mine, &theirs);
    }
    return join(fd, owner, mine, &theirs);
}

static int replace_listener(int fd, int domain, int type, const char *path, const struct sockaddr *address,
                            socklen_t length) {
    struct state state;
    state_init(&state, STATE_LISTENER, domain);
    socklen_t own_length = domain == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    state.address_length = own_length;
    memcpy(state.address, address, length < own_length ? length : own_length);
    state.flags = type == SOCK_STREAM ? STATE_STREAM : 0;
    options_capture(fd, &state);
    int made = make(type, &state);
    if (made < 0) {
        return -1;
    }
    int result = socketfile_bind(made, type, path, &state);
    if (result == 0) {
        release_remember(path, type, &state);
        result = state_write(made, &state) == 0 ? replace_descriptor(made, fd) : -1;
    } else if (errno == EADDRINUSE && type == SOCK_DGRAM && share(fd, path, &state) == 0) {
        next()->close(made);
        return 0;
    }
    if (result != 0) {
        int error = errno;
        next()->close(made);
        errno = error;
    }
    return result;
}

int hook_bind(int fd, const struct sockaddr *address, socklen_t length) HOOK(bind);
int hook_listen(int fd, int backlog) HOOK(listen);
int hook_shutdown(int fd, int how) HOOK(shutdown);

int hook_bind(int fd, const struct sockaddr *address, socklen_t length) {
    struct target target;
    struct state state;
    int domain;
    enum target_kind kind = target_find(address, length, &target);
    if (kind == TARGET_NONE) {
        if (state_seen() && state_read_listener(fd, &state)) {
            errno = EINVAL; /* It is bound. */
            return -1;
        }
        return next()->bind(fd, address, length);
    }
    int error = errno;
    if (!replace_is_tcp(fd, &domain)) {
        if (state_read_listener(fd, &state)) {
            errno = EINVAL;
            return -1;
        }
        return next()->bind(fd, address, length);
    }
    if (kind == TARGET_LINK_LOCAL) {
        return next()->bind(fd, (struct sockaddr *)&target.link_local, sizeof target.link_local);
    }
    if (kind == TARGET_ERROR) {
        errno = error;
        return -1;
    }
    if ((sa_family_t)domain != address->sa_family) {
        errno = domain == AF_INET ? EAFNOSUPPORT : EINVAL;
        return -1;
    }
    int type = kind == TARGET_STREAM ? SOCK_STREAM : SOCK_DGRAM;
    int result = replace_listener(fd, domain, type, target.path, address, length);
    if (result == 0) {
        exec_clean_environment();
    }
    return result;
}

static bool would_get_any_port(int fd) {
    struct sockaddr_storage name = {0};
    socklen_t length = sizeof name;
    if (settings()->block_listen != 1 || next()->getsockname(fd, (struct sockaddr *)&name, &length) != 0) {
        return false;
    }
    return (name.ss_family == AF_INET || name.ss_family == AF_INET6)
           && ((struct sockaddr_in *)&name)->sin_port == 0; /* at the same place in both */
}

int hook_listen(int fd, int backlog) {
    struct state state;
    if (!state_read_listener(fd, &state)) {
        if (would_get_any_port(fd)) {
            errno = EINVAL;
            return -1;
        }
        return next()->listen(fd, backlog);
    }
    if ((state.flags & STATE_SHUT) != 0) {
        errno = EINVAL;
        return -1;
    }
    if ((state.flags & STATE_STREAM) != 0 && next()->listen(fd, backlog) != 0) {
        return -1;
    }
    release_own();
    return state_add_flags(fd, STATE_LISTENING);
}

int hook_shutdown(int fd, int how) {
    struct state state;
    char path[109];
    if (!state_read_listener(fd, &state)) {
        return next()->shutdown(fd, how);
    }
    if ((state.flags & (STATE_LISTENING | STATE_SHUT)) != STATE_LISTENING) {
        errno = ENOTCONN;
        return -1;
    }
    if (how == SHUT_WR) {
        return 0; /* A listening TCP socket takes no notice. */
    }
    if (state_add_flags(fd, STATE_SHUT) != 0) {
        return -1;
    }
    if (socketfile_path(fd, path)) {
        socketfile_remove(path, SOCK_DGRAM, &state, false); /* First: the sender is to look for a new one. */
    }
    int result = next()->shutdown(fd, how);
    if ((state.flags & STATE_STREAM) == 0) {
        release_reset_queue(fd);
    }
    return result;
}
