/* Putting a UNIX socket in the place of a TCP socket. */
#ifndef SOCKETBOX_REPLACE_H
#define SOCKETBOX_REPLACE_H

#include "options.h"

/* Whether fd is a TCP socket, and of which family. */
bool replace_is_tcp(int fd, int *domain);

/*
 * Makes the number `to` one more descriptor of the open file of `from`, with these flags, and puts it into the epoll sets
 * in which `to` was: 0, or -1 with errno.
 */
int replace_by_copy(int from, int to, const struct file_flags *flags);

/* The same, and closes `from`, unless it fails. */
int replace_with_flags(int from, int to, const struct file_flags *flags);

/* The same with the flags that `to` had. */
int replace_descriptor(int from, int to);

#endif
