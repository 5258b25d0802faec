/* The parsers of the settings. The first byte says which; the rest is the text. */
#include "fuzz.h"

#include "../../main/c/preload/settings.h"

static void check_binds(const char *text) {
    static struct settings settings;
    if (settings_parse_binds(text, &settings) != NULL) {
        return;
    }
    CHECK(settings.bind_count <= SETTINGS_BINDS && (settings.bind_count == 0) == (*text == '\0'));
    for (unsigned i = 0; i < settings.bind_count; i++) {
        const struct bind_item *item = &settings.binds[i];
        CHECK(item->port != 0 && item->path[0] == '/');
        CHECK(memchr(item->path, '\0', sizeof item->path) != NULL && strchr(item->path, ',') == NULL);
    }
}

static void check_filter(const char *text) {
    struct port_filter filter;
    if (settings_parse_filter(text, &filter) != NULL) {
        return;
    }
    CHECK(filter.count <= SETTINGS_PORTS && filter.odd <= 65536 && filter.even <= 65536);
    for (unsigned i = 0; i < filter.count; i++) {
        CHECK(port_filter_passes(&filter, filter.ports[i]));
    }
    CHECK(port_filter_passes(&filter, 1) || filter.odd < 2);
}

static void check_peer4(const char *text) {
    static struct settings settings;
    if (settings_parse_peer4(text, &settings) == NULL) {
        CHECK(settings.peer4_bits >= 8 && settings.peer4_bits < 32);
        CHECK((settings.peer4_base & ((1u << settings.peer4_bits) - 1)) == 0);
    }
}

static void check_connect(const char *text) {
    static struct settings settings;
    if (settings_parse_connect(text, &settings) == NULL) {
        CHECK(settings.connect <= 2 && settings.connect_ipv4 == (*text == 'b'));
    }
}

static void check_number(const char *text) {
    unsigned number = 0;
    const char *end = text;
    if (settings_number(&end, 2, &number)) {
        CHECK(number <= 2 && end > text && end <= text + strlen(text));
    } else {
        CHECK(end == text);
    }
    settings_is_ours(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const checks[])(const char *) = {check_binds, check_filter, check_peer4, check_connect, check_number};
    if (size == 0) {
        return 0;
    }
    char *text = calloc(1, size); /* On the heap, so that a read behind its end is seen. */
    memcpy(text, data + 1, size - 1);
    checks[data[0] % (sizeof checks / sizeof checks[0])](text);
    free(text);
    return 0;
}
