/* The file of a UNIX socket: made, recognised, and removed when nobody listens on it any more. */
#ifndef SOCKETBOX_SOCKETFILE_H
#define SOCKETBOX_SOCKETFILE_H

#include "state.h"

/*
 * Binds the UNIX socket fd of the given type at path, mode 0660, and notes the file in state. A file that is left over
 * is replaced: one that is a socket and refuses connections. Returns 0, or -1 with errno, EADDRINUSE if somebody
 * listens.
 */
int socketfile_bind(int fd, int type, const char *path, struct state *state);

/* The path at which the UNIX socket fd is bound (108 bytes and a NUL); false if it has none. */
bool socketfile_path(int fd, char path[109]);

/* Whether path is still the file that state notes, and nobody listens on it. */
bool socketfile_is_dead(const char *path, int type, const struct state *state);

/* Removes path if it is still the file that state notes; with only_if_dead, if nobody listens on it either. */
void socketfile_remove(const char *path, int type, const struct state *state, bool only_if_dead);

#endif
