/*
 * Socket options of a listener that is no TCP socket any more: kept, answered, and given to what it accepts. The same
 * for a connection whose socket is of another kind than the daemon believes.
 */
#ifndef SOCKETBOX_OPTIONS_H
#define SOCKETBOX_OPTIONS_H

#include "state.h"

/* Takes over the options that were set on the TCP socket fd before it was bound. */
void options_capture(int fd, struct state *state);

/* Carries O_NONBLOCK, O_ASYNC, the owner and its signal from one open file to another. */
struct file_flags {
    int status;
    int descriptor;
    int signal;
    int owner_type;
    int owner;
};

void file_flags_read(int fd, struct file_flags *flags);

void file_flags_apply(int fd, const struct file_flags *flags);

/* Gives a connection what it would have inherited, or had before it was replaced. Errors are passed over. */
void options_inherit(int connection, const struct state *state);

#endif
