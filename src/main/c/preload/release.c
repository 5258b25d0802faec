#define _GNU_SOURCE
#include "release.h"

#include "next.h"
#include "socketfile.h"

#include <errno.h>
#include <limits.h>
#include <linux/close_range.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { AT_ONCE = 4, CONTROL_BYTES = CMSG_SPACE(AT_ONCE * sizeof(int)), FILES = 32 };

/* Files to look at when this process ends. A place is taken once, filled, and then never changed. */
static struct file {
    atomic_bool filled;
    int type;
    struct state state;
    char path[109];
} files[FILES];
static atomic_uint file_count;

static atomic_int own_process; /* not its children, which inherit the variable */

/* Takes, or with MSG_PEEK copies, the descriptors of the next message. Returns how many, or -1 when there is none. */
static int receive(int fd, int flags, int *descriptors) {
    union {
        struct cmsghdr align;
        char bytes[CONTROL_BYTES];
    } control;
    char text;
    struct iovec part = {.iov_base = &text, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (recvmsg(fd, &message, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0) {
        return -1;
    }
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    if (rights == NULL || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS) {
        return 0;
    }
    size_t bytes = rights->cmsg_len - CMSG_LEN(0);
    memcpy(descriptors, CMSG_DATA(rights), bytes);
    return (int)(bytes / sizeof(int));
}

static void reset(int connection) {
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    next()->setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    next()->close(connection);
}

void release_reset_queue(int fd) {
    int descriptors[AT_ONCE];
    int count;
    while ((count = receive(fd, 0, descriptors)) >= 0) {
        for (int i = 0; i < count; i++) {
            reset(descriptors[i]);
        }
    }
}

/*
 * Whether this is the last close of the open file is known only after it, when the queue is gone. So the queue is
 * looked through before: SO_PEEK_OFF walks over the messages (one byte each), and each peek gives us a copy of the
 * connection. It is bounded: another process that closes at the same time may set the offset back.
 */
static void hold_queue(int fd, struct release *release) {
    int from = 0;
    if (next()->setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &from, sizeof from) != 0) {
        return;
    }
    /* Bounded in itself: another process that closes at the same time may set the offset back. */
    for (int i = 0; i < RELEASE_HELD && release->held_count + AT_ONCE <= RELEASE_HELD; i++) {
        int count = receive(fd, MSG_PEEK, &release->held[release->held_count]);
        if (count < 0) {
            break;
        }
        release->held_count += count;
    }
    from = -1;
    next()->setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &from, sizeof from);
}

void release_begin(int fd, struct release *release) {
    int saved = errno;
    release->held_count = 0;
    release->is_listener = state_seen() && state_read_listener(fd, &release->state);
    if (release->is_listener) {
        release->type = (release->state.flags & STATE_STREAM) != 0 ? SOCK_STREAM : SOCK_DGRAM;
        release->is_listener = socketfile_path(fd, release->path);
    }
    if (release->is_listener && release->type == SOCK_DGRAM) {
        hold_queue(fd, release);
    }
    errno = saved;
}

void release_end(struct release *release) {
    int saved = errno;
    if (release->is_listener) {
        bool dead = socketfile_is_dead(release->path, release->type, &release->state);
        for (int i = 0; i < release->held_count; i++) {
            if (dead) {
                reset(release->held[i]);
            } else {
                next()->close(release->held[i]);
            }
        }
        if (dead) {
            socketfile_remove(release->path, release->type, &release->state, true);
        }
    }
    errno = saved;
}

static int close_listener(int fd) {
    struct release release;
    release_begin(fd, &release);
    int result = next()->close(fd);
    release_end(&release);
    return result;
}

void release_range(unsigned first, unsigned last) {
    struct state state;
    int fd = first > INT_MAX || !state_seen() ? -1 : state_next_listener((int)first, &state);
    while (fd >= 0 && (unsigned)fd <= last) {
        close_listener(fd);
        fd = state_next_listener(fd + 1, &state);
    }
}

void release_remember(const char *path, int type, const struct state *state) {
    unsigned place = atomic_load(&file_count) < FILES ? atomic_fetch_add(&file_count, 1) : FILES;
    if (place < FILES) {
        files[place].type = type;
        files[place].state = *state;
        memcpy(files[place].path, path, strnlen(path, sizeof files[place].path - 1));
        atomic_store(&files[place].filled, true);
    }
}

void release_own(void) {
    atomic_store(&own_process, getpid());
}

bool release_is_own(void) {
    return atomic_load(&own_process) == getpid();
}

void release_remember_inherited(void) {
    struct state state;
    char path[109];
    for (int fd = state_next_listener(0, &state); fd >= 0; fd = state_next_listener(fd + 1, &state)) {
        if (socketfile_path(fd, path)) {
            release_remember(path, (state.flags & STATE_STREAM) != 0 ? SOCK_STREAM : SOCK_DGRAM, &state);
        }
    }
}

/* What ends without close(): the kernel closes silently, and the file would stay. */
__attribute__((destructor)) static void end(void) {
    release_range(0, INT_MAX);
    for (int i = 0; i < FILES; i++) {
        if (atomic_load(&files[i].filled)) {
            socketfile_remove(files[i].path, files[i].type, &files[i].state, true);
        }
    }
}

int hook_close(int fd) HOOK(close);
int hook_dup2(int fd, int to) HOOK(dup2);
int hook_dup3(int fd, int to, int flags) HOOK(dup3);
int hook_close_range(unsigned first, unsigned last, int flags) HOOK(close_range);
void hook_closefrom(int first) HOOK(closefrom);
_Noreturn void hook_exit_now(int status) HOOK(_exit);
_Noreturn void hook_exit_c99(int status) HOOK(_Exit);

int hook_close(int fd) {
    return state_seen() ? close_listener(fd) : next()->close(fd);
}

int hook_dup2(int fd, int to) {
    struct release release = {.is_listener = false};
    if (fd != to) {
        release_begin(to, &release);
    }
    int result = next()->dup2(fd, to);
    release_end(&release);
    return result;
}

int hook_dup3(int fd, int to, int flags) {
    struct release release;
    release_begin(to, &release);
    int result = next()->dup3(fd, to, flags);
    release_end(&release);
    return result;
}

int hook_close_range(unsigned first, unsigned last, int flags) {
    if ((flags & CLOSE_RANGE_CLOEXEC) == 0 && first <= last) {
        release_range(first, last);
    }
    /* Not every C library has a function for it. */
    return (int)next()->syscall(SYS_close_range, first, last, flags);
}

void hook_closefrom(int first) {
    release_range(first < 0 ? 0 : (unsigned)first, INT_MAX);
    if (next()->closefrom != NULL) {
        next()->closefrom(first);
    }
}

void hook_exit_now(int status) {
    end();
    next()->exit_now(status);
    abort();
}

void hook_exit_c99(int status) {
    hook_exit_now(status);
}
