/* Letting go of a listener: its file, and the connections that wait in it. */
#ifndef SOCKETBOX_RELEASE_H
#define SOCKETBOX_RELEASE_H

#include "state.h"

enum { RELEASE_HELD = 512 };

/* What must outlive the close() of a descriptor. */
struct release {
    bool is_listener;
    int type;
    struct state state;
    char path[109];
    int held_count;
    int held[RELEASE_HELD];
};

/* Before a descriptor is closed, and after it. Neither allocates or changes errno. */
void release_begin(int fd, struct release *release);
void release_end(struct release *release);

/* Closes every listener among the descriptors from first to last. */
void release_range(unsigned first, unsigned last);

/*
 * Has the file at path looked at when this process ends: its last close may happen in a child that has given up the
 * right to remove it, as nginx's workers have.
 */
void release_remember(const char *path, int type, const struct state *state);

/* Notes that this process is the daemon itself, not one of its children: it was loaded, or listens. And asks for it. */
void release_own(void);
bool release_is_own(void);

/* Remembers the listeners that this process has been started with. */
void release_remember_inherited(void);

/* Resets every connection that waits in the listener fd. */
void release_reset_queue(int fd);

#endif
