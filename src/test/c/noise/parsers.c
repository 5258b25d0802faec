/*
 * noise SEED COUNT: gives mutated text to the parsers of the preload library, and mutated socket filters to what reads
 * them. Compiled together with them, with the address and undefined behaviour sanitizers: it ends with 0 if they are
 * silent and what was accepted is well-formed.
 */
#define _GNU_SOURCE
#include "../../../main/c/preload/next.h"
#include "../../../main/c/preload/settings.h"
#include "../../../main/c/preload/state.h"

#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST = 400, INSTRUCTIONS = 300 };

static uint64_t random_state;

static unsigned below(unsigned limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state % limit);
}

static void check(bool condition, const char *what, const char *input) {
    if (!condition) {
        fprintf(stderr, "%s: '%s'\n", what, input);
        exit(1);
    }
}

/* A copy on the heap, so that the sanitizer sees a read behind its end. */
static char *mutated(const char *seed) {
    static const char alphabet[] = "0123456789abcdef:.,/[]*=%x -\x80\n";
    char *text = calloc(1, LONGEST);
    strcpy(text, seed);
    for (unsigned i = below(6); i > 0; i--) {
        size_t length = strlen(text);
        size_t at = below((unsigned)length + 1);
        char byte = alphabet[below(sizeof alphabet - 1)];
        if (below(3) == 0 && length > at) {
            memmove(text + at, text + at + 1, length - at);
        } else if (below(2) == 0 && length > at) {
            text[at] = byte;
        } else if (length * 2 < LONGEST - 1 && below(4) == 0) {
            memcpy(text + length, text, length);
        } else if (length < LONGEST - 2) {
            memmove(text + at + 1, text + at, length - at);
            text[at] = byte;
        }
    }
    char *exact = strdup(text);
    free(text);
    return exact;
}

static void parse(const char *seed) {
    static struct settings settings;
    struct port_filter filter;
    char *text = mutated(seed);
    if (settings_parse_binds(text, &settings) == NULL) {
        for (unsigned i = 0; i < settings.bind_count; i++) {
            const struct bind_item *item = &settings.binds[i];
            check(item->port != 0 && item->path[0] == '/', "a bad item was accepted", text);
            check(memchr(item->path, '\0', sizeof item->path) != NULL, "a path without end", text);
        }
    }
    if (settings_parse_filter(text, &filter) == NULL) {
        check(filter.count <= SETTINGS_PORTS && filter.odd <= 65536 && filter.even <= 65536, "a bad filter", text);
        port_filter_passes(&filter, below(65536));
    }
    if (settings_parse_peer4(text, &settings) == NULL) {
        check(settings.peer4_bits >= 8 && settings.peer4_bits < 32, "a bad range", text);
    }
    free(text);
}

static void read_filter(int fd) {
    struct state state;
    state_init(&state, STATE_LISTENER, AF_INET6);
    state.option_count = below(STATE_OPTIONS + 1);
    state.address_length = below(29);
    check(state_write(fd, &state) == 0, "a state cannot be stored", "");
    struct sock_filter program[INSTRUCTIONS] = {0};
    socklen_t length = INSTRUCTIONS;
    check(next()->getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, program, &length) == 0, "a filter cannot be read", "");
    for (unsigned i = below(4); i > 0; i--) {
        program[1 + below(length - 2)].k = below(2) == 0 ? below(300) : UINT32_MAX - below(300);
    }
    unsigned cut = below(4) == 0 ? below(length - 2) : 0;
    program[length - 1 - cut] = program[0];
    const struct sock_fprog filter = {.len = (unsigned short)(length - cut), .filter = program};
    check(next()->setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0, "not attached", "");
    if (state_read(fd, &state)) {
        check(state.option_count <= STATE_OPTIONS && state.address_length <= sizeof state.address, "a bad state", "");
    }
}

int main(int count, char **arguments) {
    if (count != 3) {
        return 2;
    }
    random_state = strtoull(arguments[1], NULL, 10) | 1;
    static const char *const seeds[] = {
        "", "[::]:80=/run/web", "*:80=/a,192.0.2.1:65535=/b,[2001:db8::1]:81=/c", "1024", "1024,65536,80,443,8443",
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32", "240.0.0.0/4"};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    for (long i = strtol(arguments[2], NULL, 10); i > 0; i--) {
        parse(seeds[below(sizeof seeds / sizeof seeds[0])]);
        if (i % 10 == 0) {
            read_filter(fd);
        }
    }
    return 0;
}
