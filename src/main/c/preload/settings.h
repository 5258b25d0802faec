/*
 * The settings: SOCKETBOX_* and SKBOX_* from the environment, read once when the library is loaded.
 *
 * A bad one ends the process with one line on standard error before anything else has happened.
 */
#ifndef SOCKETBOX_SETTINGS_H
#define SOCKETBOX_SETTINGS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

enum { SETTINGS_BINDS = 128, SETTINGS_PORTS = 30, SETTINGS_CARRIED = 24, SETTINGS_EXIT = 1 };

/* Which ports of one kind of magic address are ours. */
struct port_filter {
    unsigned odd;  /* odd ports below this one */
    unsigned even; /* even ports below this one */
    unsigned count;
    uint16_t ports[SETTINGS_PORTS];
};

/* One item of SOCKETBOX_BIND. */
struct bind_item {
    struct in6_addr address; /* IPv4 as v4-mapped */
    bool any;                /* `*`: the wildcard address of both families */
    uint16_t port;           /* host order */
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
};

struct settings {
    struct bind_item binds[SETTINGS_BINDS];
    unsigned bind_count;
    uint32_t peer4_base; /* SOCKETBOX_PEER4, host order */
    unsigned peer4_bits; /* its host bits */
    const char *root;    /* SKBOX_DIRECTORY_ROOT, or NULL */
    const char *root2;   /* SKBOX_DIRECTORY_ROOT2, or NULL */
    struct port_filter ipv6;
    struct port_filter ipv4;
    struct port_filter ipv6_wildcard;
    struct port_filter ipv4_wildcard;
    unsigned stealth;
    unsigned connect;  /* SKBOX_ENABLE_CONNECT: 0 off, 1 to stream sockets, 2 to datagram sockets too */
    bool connect_ipv4; /* its prefix `b`: 127.180.0.0/15 too */
    unsigned clear_scope;
    unsigned accept_stream;
    unsigned block_listen;
    unsigned strict_stream;
    unsigned yield;
    const char *carried[SETTINGS_CARRIED]; /* every `NAME=value` of ours, copied: daemons overwrite their environment */
    unsigned carried_count;
};

/* What settings_parse_* say about text that they refuse. NULL means that it was accepted. */
typedef const char *complaint;

/* SOCKETBOX_BIND: `ADDRESS:PORT=/PATH`, separated by commas. */
complaint settings_parse_binds(const char *text, struct settings *settings);

/* A port filter: `ODD,EVEN,p,p,...`, one number for both, or nothing. */
complaint settings_parse_filter(const char *text, struct port_filter *filter);

/* SOCKETBOX_PEER4: `a.b.c.d/LEN`. */
complaint settings_parse_peer4(const char *text, struct settings *settings);

/* SKBOX_ENABLE_CONNECT: a number, which `b` may stand before. */
complaint settings_parse_connect(const char *text, struct settings *settings);

/* Reads a decimal number of at most max from *text and moves *text behind it. */
bool settings_number(const char **text, unsigned max, unsigned *number);

/* Whether name (with or without =value behind it) is a variable of ours. */
bool settings_is_ours(const char *variable);

bool port_filter_passes(const struct port_filter *filter, unsigned port);

/* The settings of this process. Loads them at the first call. */
const struct settings *settings(void);

#endif
