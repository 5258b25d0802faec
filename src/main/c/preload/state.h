/*
 * What a descriptor stands for, kept inside the open file itself.
 *
 * A daemon's listening TCP socket is replaced by a UNIX socket. What was bound, whether it listens, and the options
 * that were set must reach every process that gets the descriptor, by fork, exec, or SCM_RIGHTS, without a file or a
 * variable beside it. A socket has one place for bytes of ours that needs no privilege: its classic BPF filter. The
 * program's first instruction accepts everything; those after it are never run, and each carries four bytes in its
 * constant. SO_ATTACH_FILTER replaces it atomically, SO_GET_FILTER reads it back (socket(7), bpf_check_classic).
 *
 * Accepted connections carry one as well when the daemon expects another address family than the kernel's socket has,
 * and so do connections to magic addresses, which have an address of their own: the peer's.
 */
#ifndef SOCKETBOX_STATE_H
#define SOCKETBOX_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum state_kind { STATE_LISTENER = 1, STATE_CONNECTION = 2 };

enum state_flag {
    STATE_LISTENING = 1, /* listen() was called */
    STATE_SHUT = 2,      /* shutdown() was called: accept() fails */
    STATE_STREAM = 4,    /* a UNIX stream listener: the kernel accepts */
};

enum { STATE_VALUE_BYTES = 16, STATE_OPTIONS = 40 };

/* One socket option as setsockopt() got it. */
struct state_option {
    uint16_t level;
    uint16_t name;
    uint32_t length;
    uint8_t value[STATE_VALUE_BYTES];
};

/* Words only: it is stored four bytes at a time, options last and only as many as there are. */
struct state {
    uint32_t magic;
    uint32_t kind;
    uint32_t flags;
    uint32_t domain;         /* AF_INET or AF_INET6: the family that the daemon expects */
    uint32_t address_length; /* of what was bound or connected to */
    uint8_t address[28];     /* sockaddr_in or sockaddr_in6 */
    uint32_t device[2];      /* of the socket file; 0 when there is none */
    uint32_t inode[2];
    uint32_t option_count;
    struct state_option options[STATE_OPTIONS];
};

/* An empty state. */
void state_init(struct state *state, enum state_kind kind, int domain);

/* Reads the state of fd; false, with errno as it was, if fd carries none. One system call. */
bool state_read(int fd, struct state *state);

/* The same, and true only for a replaced listener. */
bool state_read_listener(int fd, struct state *state);

/* Stores the state in fd. Returns 0, or -1 with errno. */
int state_write(int fd, const struct state *state);

/* Sets flags in fd's state, whoever else changes it at the same time. Returns 0, or -1 with errno. */
int state_add_flags(int fd, uint32_t flags);

/* Whether this process has ever had a replaced listener: if not, close() and exec need not look. */
bool state_seen(void);

/* The first replaced listener among the descriptors from fd on, or -1. Looks at no more than the first 1,024, and as
 * far as a listener has been seen. */
int state_next_listener(int fd, struct state *state);

#endif
