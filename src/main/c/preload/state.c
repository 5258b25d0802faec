#define _GNU_SOURCE
#include "state.h"

#include "next.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

enum {
    MAGIC = 0x536b4231, /* another layout needs another number */
    HEADER_WORDS = offsetof(struct state, options) / 4,
    OPTION_WORDS = sizeof(struct state_option) / 4,
    WORDS = sizeof(struct state) / 4,
    SCAN = 1024,
    TRIES = 16,
};

_Static_assert(sizeof(struct state_option) == 24 && offsetof(struct state, options) % 4 == 0, "words only");

static atomic_int highest = -1;

static void seen(int fd) {
    int known = atomic_load(&highest);
    while (fd > known && !atomic_compare_exchange_weak(&highest, &known, fd)) {
    }
}

void state_init(struct state *state, enum state_kind kind, int domain) {
    memset(state, 0, sizeof *state);
    state->magic = MAGIC;
    state->kind = kind;
    state->domain = (uint32_t)domain;
}

static bool is_data(const struct sock_filter *instruction) {
    return instruction->code == (BPF_LD | BPF_IMM);
}

/* Takes the state out of a program that anybody may have attached: believes no length in it. */
static bool unpack(const struct sock_filter *program, size_t length, struct state *state) {
    if (length < HEADER_WORDS + 2 || length > WORDS + 2) {
        return false;
    }
    size_t words = length - 2;
    uint32_t data[WORDS] = {0};
    for (size_t i = 0; i < words; i++) {
        if (!is_data(&program[i + 1])) {
            return false;
        }
        data[i] = program[i + 1].k;
    }
    memcpy(state, data, sizeof *state);
    return state->magic == MAGIC && state->option_count <= STATE_OPTIONS
           && words == HEADER_WORDS + state->option_count * OPTION_WORDS
           && state->address_length <= sizeof state->address;
}

bool state_read(int fd, struct state *state) {
    int saved = errno;
    struct sock_filter program[WORDS + 2];
    socklen_t length = WORDS + 2; /* in instructions */
    int result = next()->getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, program, &length);
    errno = saved;
    if (result != 0 || length == 0 || !unpack(program, length, state)) {
        return false;
    }
    if (state->kind == STATE_LISTENER) {
        seen(fd);
    }
    return true;
}

bool state_read_listener(int fd, struct state *state) {
    return state_read(fd, state) && state->kind == STATE_LISTENER;
}

int state_write(int fd, const struct state *state) {
    uint32_t data[WORDS];
    memcpy(data, state, sizeof data);
    const struct sock_filter accept_all = BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
    struct sock_filter program[WORDS + 2];
    uint16_t length = 0;
    program[length++] = accept_all;
    for (size_t i = 0; i < HEADER_WORDS + state->option_count * OPTION_WORDS; i++) {
        program[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, data[i]);
    }
    program[length++] = accept_all; /* A program must end with one. */
    const struct sock_fprog filter = {.len = length, .filter = program};
    if (next()->setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0) {
        return -1;
    }
    if (state->kind == STATE_LISTENER) {
        seen(fd);
    }
    return 0;
}

int state_add_flags(int fd, uint32_t flags) {
    struct state state;
    for (int i = 0; i < TRIES; i++) {
        if (!state_read_listener(fd, &state)) {
            errno = EINVAL;
            return -1;
        }
        if ((state.flags & flags) == flags) {
            return 0; /* Read back what was written: somebody may have written in between. */
        }
        state.flags |= flags;
        if (state_write(fd, &state) != 0) {
            return -1;
        }
    }
    return 0;
}

bool state_seen(void) {
    return atomic_load(&highest) >= 0;
}

int state_next_listener(int fd, struct state *state) {
    int known = atomic_load(&highest);
    int end = known < SCAN ? SCAN : known + 1;
    for (; fd < end; fd++) {
        if (state_read_listener(fd, state)) {
            return fd;
        }
    }
    return -1;
}
