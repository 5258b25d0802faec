/* Where a bind() or connect() goes: SOCKETBOX_BIND and the magic addresses. */
#ifndef SOCKETBOX_TARGET_H
#define SOCKETBOX_TARGET_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

enum target_kind {
    TARGET_ERROR = -1, /* the address is magic, and its target cannot be found; errno says why */
    TARGET_NONE,       /* as usual */
    TARGET_DATAGRAM,   /* a UNIX datagram socket at path */
    TARGET_STREAM,     /* a UNIX stream socket at path */
    TARGET_LINK_LOCAL, /* a TCP socket at another address */
};

struct target {
    char path[sizeof((struct sockaddr_un *)0)->sun_path + 1];
    struct sockaddr_in6 link_local;
};

/* Finds where a bind() to address goes. Reads no memory beyond length. */
enum target_kind target_find(const struct sockaddr *address, socklen_t length, struct target *target);

/* Finds where a connect() to address goes: by the magic addresses that SKBOX_ENABLE_CONNECT allows, no wildcards. */
enum target_kind target_find_peer(const struct sockaddr *address, socklen_t length, struct target *target);

#endif
