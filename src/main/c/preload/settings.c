#define _GNU_SOURCE
#include "settings.h"

#include "next.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static struct settings values;
static atomic_bool loaded;

static void say(const char *text) {
    ssize_t written = write(STDERR_FILENO, text, strlen(text));
    (void)written; /* There is nowhere else to say it. */
}

static _Noreturn void refuse(const char *name, const char *value, const char *problem) {
    say("socketbox-preload: ");
    say(name);
    say("=");
    say(value);
    say(": ");
    say(problem);
    say("\n");
    next()->exit_now(SETTINGS_EXIT);
    abort();
}

static void read_number(const char *name, unsigned max, unsigned *number) {
    const char *text = getenv(name);
    if (text == NULL || *text == '\0') {
        return;
    }
    const char *end = text;
    if (!settings_number(&end, max, number) || *end != '\0') {
        refuse(name, text, "not a number in its range; see socketbox-preload(7)");
    }
}

static void read_filter(const char *name, const char *normal, struct port_filter *filter) {
    const char *text = getenv(name);
    complaint problem = settings_parse_filter(text == NULL ? normal : text, filter);
    if (problem != NULL) {
        refuse(name, text, problem);
    }
}

/* A root folder: absolute, because daemons change their working folder. */
static const char *read_root(const char *name) {
    const char *text = getenv(name);
    if (text == NULL || *text == '\0') {
        return NULL;
    }
    if (*text != '/') {
        refuse(name, text, "the folder must be an absolute path");
    }
    return strdup(text);
}

static void read_addresses(void) {
    const char *text = getenv("SOCKETBOX_BIND");
    complaint problem = text == NULL ? NULL : settings_parse_binds(text, &values);
    if (problem != NULL) {
        refuse("SOCKETBOX_BIND", text, problem);
    }
    text = getenv("SOCKETBOX_PEER4");
    problem = settings_parse_peer4(text == NULL ? "240.0.0.0/4" : text, &values);
    if (problem != NULL) {
        refuse("SOCKETBOX_PEER4", text, problem);
    }
}

static void read_connect(void) {
    const char *text = getenv("SKBOX_ENABLE_CONNECT");
    complaint problem = text == NULL || *text == '\0' ? NULL : settings_parse_connect(text, &values);
    if (problem != NULL) {
        refuse("SKBOX_ENABLE_CONNECT", text, problem);
    }
}

static void carry_all(void) {
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
        if (settings_is_ours(*variable)) {
            if (values.carried_count == SETTINGS_CARRIED) {
                refuse("SKBOX_*", *variable, "more variables of this name than there are settings");
            }
            values.carried[values.carried_count++] = strdup(*variable);
        }
    }
}

static void load(void) {
    values.block_listen = 1;
    values.strict_stream = 2;
    read_addresses();
    values.root = read_root("SKBOX_DIRECTORY_ROOT");
    values.root2 = read_root("SKBOX_DIRECTORY_ROOT2");
    read_filter("SKBOX_PORT_FILTER_IPV6", "1024", &values.ipv6);
    read_filter("SKBOX_PORT_FILTER_IPV4", "", &values.ipv4);
    read_filter("SKBOX_PORT_FILTER_IPV6_WILDCARD", "", &values.ipv6_wildcard);
    read_filter("SKBOX_PORT_FILTER_IPV4_WILDCARD", "", &values.ipv4_wildcard);
    read_connect();
    read_number("SKBOX_STEALTH_MODE", 1, &values.stealth);
    read_number("SKBOX_CLEAR_SCOPE_ID", 1, &values.clear_scope);
    read_number("SKBOX_ACCEPT_STREAM", 1, &values.accept_stream);
    read_number("SKBOX_BLOCK_LISTEN_EMPTY_ADDR", 1, &values.block_listen);
    read_number("SKBOX_STRICT_STREAM_MODE", 2, &values.strict_stream);
    read_number("SKBOX_SCHED_YIELD", 1, &values.yield);
    carry_all();
}

const struct settings *settings(void) {
    if (!atomic_load_explicit(&loaded, memory_order_acquire)) {
        load(); /* While libraries are loaded there is one thread: our constructor, or a call from an earlier one. */
        atomic_store_explicit(&loaded, 1, memory_order_release);
    }
    return &values;
}

__attribute__((constructor)) static void start(void) {
    settings();
}
