/* Addresses as the daemon expects them. */
#ifndef SOCKETBOX_NAMES_H
#define SOCKETBOX_NAMES_H

#include <sys/socket.h>

/*
 * Hands out the kernel's address in the family that the daemon expects, never beyond *room bytes, and sets *room to
 * what was filled. To an AF_INET daemon, v4-mapped addresses are themselves and others are one of SOCKETBOX_PEER4 each.
 */
void names_give(const struct sockaddr_storage *name, socklen_t length, int domain, struct sockaddr *to,
                socklen_t *room);

#endif
