/* The listeners of the other processes of a daemon. */
#ifndef SOCKETBOX_FAMILY_H
#define SOCKETBOX_FAMILY_H

#include "state.h"

/*
 * A copy of the listener at path from another process of this session, such as a worker that was forked by the same
 * master, and its state. Returns -1 if there is none, or none that the kernel lets us copy (ptrace(2), access mode
 * PTRACE_MODE_ATTACH_REALCREDS). Neither allocates nor changes errno.
 */
int family_copy(const char *path, struct state *state);

#endif
