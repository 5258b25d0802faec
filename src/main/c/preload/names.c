#define _GNU_SOURCE
#include "names.h"

#include "next.h"
#include "settings.h"
#include "state.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

/* Mixes 128 bits into 32 so that every bit of a prefix counts (the finalizer of MurmurHash3, 64 bits). */
static uint32_t mix(const struct in6_addr *address) {
    uint64_t high;
    uint64_t low;
    memcpy(&high, &address->s6_addr[0], sizeof high);
    memcpy(&low, &address->s6_addr[8], sizeof low);
    uint64_t hash = high * UINT64_C(0x9e3779b97f4a7c15) ^ low;
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    hash ^= hash >> 33;
    return (uint32_t)hash;
}

/* One address of the range for each true IPv6 address, neither its first nor its last. */
static in_addr_t peer4(const struct in6_addr *address) {
    uint32_t hosts = (1u << settings()->peer4_bits) - 2;
    return htonl(settings()->peer4_base + 1 + mix(address) % hosts);
}

static struct sockaddr_in to_inet(const struct sockaddr_in6 *v6) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = v6->sin6_port};
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
        memcpy(&v4.sin_addr, &v6->sin6_addr.s6_addr[12], 4);
    } else {
        v4.sin_addr.s_addr = peer4(&v6->sin6_addr);
    }
    return v4;
}

static struct sockaddr_in6 to_inet6(const struct sockaddr_in *v4) {
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = v4->sin_port};
    v6.sin6_addr.s6_addr[10] = v6.sin6_addr.s6_addr[11] = 0xff;
    memcpy(&v6.sin6_addr.s6_addr[12], &v4->sin_addr, 4);
    return v6;
}

static void give(const void *name, socklen_t length, struct sockaddr *to, socklen_t *room) {
    *room = *room < length ? *room : length;
    memcpy(to, name, *room);
}

void names_give(const struct sockaddr_storage *name, socklen_t length, int domain, struct sockaddr *to,
                socklen_t *room) {
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    if (name->ss_family == AF_UNIX && settings()->stealth == 1) {
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (domain == AF_INET) {
            v6 = to_inet6(&v4);
        } else {
            v6.sin6_addr = in6addr_loopback;
        }
    } else if (name->ss_family == AF_INET6) {
        memcpy(&v6, name, sizeof v6);
        v6.sin6_scope_id = settings()->clear_scope == 1 ? 0 : v6.sin6_scope_id;
    } else if (name->ss_family == AF_INET) {
        memcpy(&v4, name, sizeof v4);
        v6 = to_inet6(&v4);
    } else {
        give(name, length, to, room);
        return;
    }
    if (domain == AF_INET) {
        v4 = to_inet(&v6);
        give(&v4, sizeof v4, to, room);
    } else {
        give(&v6, sizeof v6, to, room);
    }
}

typedef int name_function(int, struct sockaddr *, socklen_t *);

/* Whether a name can be given, as getsockname(2) sees it; else errno says why not. */
static int is_room(const struct sockaddr *to, const socklen_t *room) {
    if (to == NULL || room == NULL) {
        errno = EFAULT;
        return 0;
    }
    if ((int)*room < 0) {
        errno = EINVAL;
        return 0;
    }
    return 1;
}

/* Asks the kernel and converts. */
static int converted(int fd, name_function *function, int domain, struct sockaddr *to, socklen_t *room) {
    struct sockaddr_storage name = {0};
    socklen_t length = sizeof name;
    if (!is_room(to, room)) {
        return -1;
    }
    if (function(fd, (struct sockaddr *)&name, &length) != 0) {
        return -1;
    }
    names_give(&name, length, domain, to, room);
    return 0;
}

/* A name that the kernel does not know of. */
static int invented(const void *name, socklen_t length, struct sockaddr *to, socklen_t *room) {
    if (!is_room(to, room)) {
        return -1;
    }
    give(name, length, to, room);
    return 0;
}

/* Whether the state is that of a connection that was made to a magic address. */
static bool is_outgoing(const struct state *state) {
    return state->kind == STATE_CONNECTION && state->address_length != 0;
}

/* The near end of such a connection: any loopback address, without a port. */
static int near_end(int domain, struct sockaddr *to, socklen_t *room) {
    const struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    return domain == AF_INET ? invented(&v4, sizeof v4, to, room) : invented(&v6, sizeof v6, to, room);
}

int hook_getsockname(int fd, struct sockaddr *to, socklen_t *room) HOOK(getsockname);
int hook_getpeername(int fd, struct sockaddr *to, socklen_t *room) HOOK(getpeername);

int hook_getsockname(int fd, struct sockaddr *to, socklen_t *room) {
    struct state state;
    if (!state_read(fd, &state)) {
        return next()->getsockname(fd, to, room);
    }
    if (is_outgoing(&state)) {
        return near_end((int)state.domain, to, room);
    }
    if (state.kind == STATE_CONNECTION) {
        return converted(fd, next()->getsockname, (int)state.domain, to, room);
    }
    return invented(state.address, state.address_length, to, room);
}

int hook_getpeername(int fd, struct sockaddr *to, socklen_t *room) {
    struct state state;
    if (!state_read(fd, &state) || state.kind != STATE_CONNECTION) {
        return next()->getpeername(fd, to, room);
    }
    if (is_outgoing(&state)) {
        return invented(state.address, state.address_length, to, room);
    }
    return converted(fd, next()->getpeername, (int)state.domain, to, room);
}
