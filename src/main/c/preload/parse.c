/* The parsers behind settings.h: pure, on untrusted text. */
#define _GNU_SOURCE
#include "settings.h"

#include <arpa/inet.h>
#include <limits.h>
#include <string.h>

enum { MAX_PORT = 65535, MAX_ADDRESS_TEXT = INET6_ADDRSTRLEN + 2 };

bool settings_number(const char **text, unsigned max, unsigned *number) {
    const char *at = *text;
    unsigned value = 0;
    if (*at < '0' || *at > '9') {
        return false;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (unsigned)(*at - '0');
        if (value > max) {
            return false;
        }
    }
    *number = value;
    *text = at;
    return true;
}

bool settings_is_ours(const char *variable) {
    return strncmp(variable, "SKBOX_", 6) == 0 || strncmp(variable, "SOCKETBOX_BIND=", 15) == 0
           || strncmp(variable, "SOCKETBOX_PEER4=", 16) == 0;
}

bool port_filter_passes(const struct port_filter *filter, unsigned port) {
    if (port < (port % 2 == 1 ? filter->odd : filter->even)) {
        return true;
    }
    for (unsigned i = 0; i < filter->count; i++) {
        if (filter->ports[i] == port) {
            return true;
        }
    }
    return false;
}

complaint settings_parse_filter(const char *text, struct port_filter *filter) {
    memset(filter, 0, sizeof *filter);
    for (unsigned i = 0; *text != '\0'; i++) {
        unsigned number;
        if (!settings_number(&text, MAX_PORT + 1, &number)) {
            return "a port filter is ODD,EVEN,PORT,... with numbers up to 65536";
        }
        if (i == 0) {
            filter->odd = number;
        }
        if (i < 2) {
            filter->even = number;
        } else if (number > MAX_PORT) {
            return "a single port is at most 65535";
        } else if (filter->count == SETTINGS_PORTS) {
            return "more than 30 single ports";
        } else {
            filter->ports[filter->count++] = (uint16_t)number;
        }
        if (*text == ',' && text[1] != '\0') {
            text++;
        } else if (*text != '\0') {
            return "numbers are separated by single commas";
        }
    }
    return NULL;
}

complaint settings_parse_peer4(const char *text, struct settings *settings) {
    static const char usage[] = "expected an IPv4 range such as 240.0.0.0/4, of length 1 to 24";
    char address[INET_ADDRSTRLEN] = "";
    const char *slash = strchr(text, '/');
    struct in_addr base;
    unsigned bits;
    if (slash == NULL || (size_t)(slash - text) >= sizeof address) {
        return usage;
    }
    memcpy(address, text, (size_t)(slash - text));
    slash++;
    if (inet_pton(AF_INET, address, &base) != 1 || !settings_number(&slash, 24, &bits) || *slash != '\0' || bits == 0) {
        return usage;
    }
    settings->peer4_bits = 32 - bits;
    settings->peer4_base = ntohl(base.s_addr);
    if ((settings->peer4_base & ((1u << settings->peer4_bits) - 1)) != 0) {
        return "the address has bits beyond the length of the range";
    }
    return NULL;
}

complaint settings_parse_connect(const char *text, struct settings *settings) {
    unsigned number;
    settings->connect_ipv4 = *text == 'b';
    text += settings->connect_ipv4;
    if (!settings_number(&text, UINT_MAX / 10 - 1, &number) || *text != '\0') {
        return "expected 0, 1 or 2, or one of them behind a b";
    }
    settings->connect = number < 2 ? number : 2;
    return NULL;
}

static bool parse_address(const char *text, size_t length, struct bind_item *item) {
    char copy[MAX_ADDRESS_TEXT];
    struct in_addr v4;
    if (length == 1 && *text == '*') {
        item->any = true;
        return true;
    }
    if (length == 0 || length >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (copy[0] == '[' && copy[length - 1] == ']') {
        copy[length - 1] = '\0';
        return inet_pton(AF_INET6, copy + 1, &item->address) == 1;
    }
    if (inet_pton(AF_INET, copy, &v4) != 1) {
        return false;
    }
    item->address = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
    memcpy(&item->address.s6_addr[12], &v4, sizeof v4);
    return true;
}

/* Parses text up to end, which is a comma or the end of the string. */
static complaint parse_bind(const char *text, const char *end, struct bind_item *item) {
    const char *equals = memchr(text, '=', (size_t)(end - text));
    const char *colon = equals == NULL ? NULL : memrchr(text, ':', (size_t)(equals - text));
    if (colon == NULL) {
        return "each item is ADDRESS:PORT=/PATH";
    }
    if (!parse_address(text, (size_t)(colon - text), item)) {
        return "an address is [IPv6], IPv4 or *";
    }
    const char *port = colon + 1;
    unsigned number;
    if (!settings_number(&port, MAX_PORT, &number) || port != equals || number == 0) {
        return "a port is a number from 1 to 65535";
    }
    size_t length = (size_t)(end - equals - 1);
    if (length == 0 || equals[1] != '/') {
        return "the path of a socket is absolute";
    }
    if (length >= sizeof item->path) {
        return "the path of a socket has at most 107 bytes";
    }
    item->port = (uint16_t)number;
    memcpy(item->path, equals + 1, length);
    return NULL;
}

complaint settings_parse_binds(const char *text, struct settings *settings) {
    settings->bind_count = 0;
    while (*text != '\0') {
        if (settings->bind_count == SETTINGS_BINDS) {
            return "more than 128 items";
        }
        const char *end = strchrnul(text, ',');
        struct bind_item *item = &settings->binds[settings->bind_count++];
        memset(item, 0, sizeof *item);
        complaint problem = parse_bind(text, end, item);
        if (problem != NULL) {
            return problem;
        }
        if (*end == ',' && end[1] == '\0') {
            return "nothing follows the last comma";
        }
        text = *end == ',' ? end + 1 : end;
    }
    return NULL;
}
