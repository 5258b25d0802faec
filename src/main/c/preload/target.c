#define _GNU_SOURCE
#include "target.h"

#include "next.h"
#include "settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { ENTRY_STRIDE = 128, ENTRY_LENGTH = 108, PORT_DIGITS = 5 };

/* Text that is put together without stdio, which is not async-signal-safe. */
struct text {
    char *at;
    char *end; /* the last place, for the NUL */
};

static void add(struct text *text, const char *string) {
    while (*string != '\0' && text->at < text->end) {
        *text->at++ = *string++;
    }
    if (*string != '\0') {
        text->end = text->at = NULL; /* too long */
    }
}

/* value in decimal, with leading zeroes up to digits. */
static void digits(char *to, unsigned value, int count) {
    for (int i = count - 1; i >= 0; i--) {
        to[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

static void add_number(struct text *text, unsigned value, int count) {
    char number[8] = "";
    digits(number, value, count);
    add(text, number);
}

/* ROOT2/FIRST/IIIII_PPPPP, FIRST with its prefix. */
static bool path_in_root2(struct target *target, const char *prefix, unsigned first, unsigned index, unsigned port) {
    struct text text = {target->path, target->path + sizeof target->path - 2};
    add(&text, settings()->root2);
    add(&text, prefix);
    add_number(&text, first, *prefix != '\0' && prefix[1] == 'X' ? 4 : PORT_DIGITS);
    add(&text, "/");
    add_number(&text, index, PORT_DIGITS);
    add(&text, "_");
    add_number(&text, port, PORT_DIGITS);
    if (text.at == NULL) {
        errno = ENAMETOOLONG;
        return false;
    }
    *text.at = '\0';
    return true;
}

/* The entry at index of the file skbox_dir_FFFFF, with the port in place of `_@SB_`. */
static bool path_in_file(struct target *target, unsigned file, unsigned index, unsigned port) {
    char name[PATH_MAX];
    struct text text = {name, name + sizeof name - 1};
    add(&text, settings()->root);
    add(&text, "/skbox_dir_");
    add_number(&text, file, PORT_DIGITS);
    if (text.at == NULL) {
        errno = ENAMETOOLONG;
        return false;
    }
    *text.at = '\0';
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return false;
    }
    memset(target->path, 0, sizeof target->path);
    ssize_t length = pread(fd, target->path, ENTRY_LENGTH, (off_t)index * ENTRY_STRIDE);
    int error = length < 0 ? errno : length == 0 || target->path[0] == '\0' ? ERANGE : 0;
    next()->close(fd);
    if (error != 0) {
        errno = error;
        return false;
    }
    char *place = strstr(target->path, "_@SB_");
    if (place != NULL) {
        digits(place, port, PORT_DIGITS);
    }
    return true;
}

static enum target_kind kind_or_error(bool found, enum target_kind kind) {
    return found ? kind : TARGET_ERROR;
}

static unsigned group(const struct in6_addr *address, int index) {
    return (unsigned)address->s6_addr[2 * index] << 8 | address->s6_addr[2 * index + 1];
}

/* fe8f::[M:]F:I with M from 0 to 3. */
static enum target_kind find_directory(const struct in6_addr *address, unsigned port, struct target *target) {
    for (int i = 1; i < 5; i++) {
        if (group(address, i) != 0) {
            return TARGET_NONE;
        }
    }
    unsigned mode = group(address, 5);
    enum target_kind kind = mode % 2 == 0 ? TARGET_DATAGRAM : TARGET_STREAM;
    if (mode < 2 && settings()->root != NULL) {
        return kind_or_error(path_in_file(target, group(address, 6), group(address, 7), port), kind);
    }
    if ((mode == 2 || mode == 3) && settings()->root2 != NULL) {
        return kind_or_error(path_in_root2(target, "/", group(address, 6), group(address, 7), port), kind);
    }
    return TARGET_NONE;
}

/* fe8f:1:SCOPE32:IID64 is fe80::IID64%SCOPE32. */
static enum target_kind find_link_local(const struct in6_addr *address, unsigned port, struct target *target) {
    target->link_local = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    target->link_local.sin6_addr.s6_addr[0] = 0xfe;
    target->link_local.sin6_addr.s6_addr[1] = 0x80;
    memcpy(&target->link_local.sin6_addr.s6_addr[8], &address->s6_addr[8], 8);
    target->link_local.sin6_scope_id = group(address, 2) << 16 | group(address, 3);
    return TARGET_LINK_LOCAL;
}

/* Port 0 is any port that is free, which programs bind that connect: never ours at a wildcard address. */
static bool passes_wildcard(const struct port_filter *filter, unsigned port) {
    return port != 0 && port_filter_passes(filter, port);
}

static enum target_kind find_ipv4(const uint8_t *address, unsigned port, struct target *target) {
    const struct settings *set = settings();
    if (set->root2 == NULL) {
        return TARGET_NONE;
    }
    if (address[0] == 127 && (address[1] == 180 || address[1] == 181) && port_filter_passes(&set->ipv4, port)) {
        enum target_kind kind = address[1] == 180 ? TARGET_DATAGRAM : TARGET_STREAM;
        return kind_or_error(path_in_root2(target, "/X", 4000u + address[2], address[3], port), kind);
    }
    if (memcmp(address, (uint8_t[4]){0}, 4) == 0 && passes_wildcard(&set->ipv4_wildcard, port)) {
        return kind_or_error(path_in_root2(target, "/X", 4, 0, port), TARGET_DATAGRAM);
    }
    return TARGET_NONE;
}

static enum target_kind find_magic(const struct in6_addr *address, unsigned port, struct target *target) {
    const struct settings *set = settings();
    if (IN6_IS_ADDR_V4MAPPED(address)) {
        return find_ipv4(&address->s6_addr[12], port, target);
    }
    if (IN6_IS_ADDR_UNSPECIFIED(address)) {
        if (set->root2 == NULL || !passes_wildcard(&set->ipv6_wildcard, port)) {
            return TARGET_NONE;
        }
        return kind_or_error(path_in_root2(target, "/X", 0, 0, port), TARGET_DATAGRAM);
    }
    if (group(address, 0) != 0xfe8f || !port_filter_passes(&set->ipv6, port)) {
        return TARGET_NONE;
    }
    return group(address, 1) == 1 ? find_link_local(address, port, target) : find_directory(address, port, target);
}

static bool matches(const struct bind_item *item, const struct in6_addr *address, unsigned port) {
    static const struct in6_addr any4 = {.s6_addr = {[10] = 0xff, [11] = 0xff}};
    if (item->port != port) {
        return false;
    }
    if (item->any) {
        return IN6_IS_ADDR_UNSPECIFIED(address) || IN6_ARE_ADDR_EQUAL(address, &any4);
    }
    return IN6_ARE_ADDR_EQUAL(address, &item->address);
}

/* The address with IPv4 as v4-mapped; false if it is of another family or too short. */
static bool unify(const struct sockaddr *address, socklen_t length, struct in6_addr *ip, unsigned *port) {
    if (address == NULL || length < sizeof(sa_family_t)) {
        return false;
    }
    if (address->sa_family == AF_INET6 && length >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
        *ip = v6->sin6_addr;
        *port = ntohs(v6->sin6_port);
        return true;
    }
    if (address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
        *ip = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
        memcpy(&ip->s6_addr[12], &v4->sin_addr, 4);
        *port = ntohs(v4->sin_port);
        return true;
    }
    return false;
}

enum target_kind target_find(const struct sockaddr *address, socklen_t length, struct target *target) {
    struct in6_addr ip;
    unsigned port;
    if (!unify(address, length, &ip, &port)) {
        return TARGET_NONE;
    }
    const struct settings *set = settings();
    for (unsigned i = 0; i < set->bind_count; i++) {
        if (matches(&set->binds[i], &ip, port)) {
            memcpy(target->path, set->binds[i].path, sizeof set->binds[i].path);
            target->path[sizeof target->path - 1] = '\0';
            return TARGET_DATAGRAM;
        }
    }
    return find_magic(&ip, port, target);
}

/* Which kind a magic address has can be told from itself. */
static bool is_for_datagrams(const struct in6_addr *ip) {
    return IN6_IS_ADDR_V4MAPPED(ip) ? ip->s6_addr[13] == 180 : group(ip, 1) != 1 && group(ip, 5) % 2 == 0;
}

enum target_kind target_find_peer(const struct sockaddr *address, socklen_t length, struct target *target) {
    const struct settings *set = settings();
    struct in6_addr ip;
    unsigned port;
    if (set->connect == 0 || !unify(address, length, &ip, &port) || IN6_IS_ADDR_UNSPECIFIED(&ip)) {
        return TARGET_NONE;
    }
    if (IN6_IS_ADDR_V4MAPPED(&ip) && (!set->connect_ipv4 || ip.s6_addr[12] != 127)) {
        return TARGET_NONE;
    }
    return set->connect < 2 && is_for_datagrams(&ip) ? TARGET_NONE : find_magic(&ip, port, target);
}
