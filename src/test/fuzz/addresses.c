/* Addresses: where bind() and connect() to any bytes go, and how a kernel's address is handed to a daemon. */
#include "fuzz.h"

#include "../../main/c/preload/names.h"
#include "../../main/c/preload/settings.h"
#include "../../main/c/preload/target.h"

#include <fcntl.h>
#include <unistd.h>

/* Before the library reads its settings. The folders have files of every kind that the lookup can meet. */
__attribute__((constructor(101))) static void prepare(void) {
    char folder[40];
    char name[64];
    CHECK(getcwd(folder, sizeof folder) != NULL); /* One of its own, from src/build/fuzz. */
    CHECK(setenv("SKBOX_DIRECTORY_ROOT", folder, 1) == 0 && setenv("SKBOX_DIRECTORY_ROOT2", folder, 1) == 0);
    CHECK(setenv("SKBOX_PORT_FILTER_IPV4", "1024", 1) == 0 && setenv("SKBOX_ENABLE_CONNECT", "b2", 1) == 0);
    CHECK(setenv("SKBOX_PORT_FILTER_IPV6_WILDCARD", "0,1024", 1) == 0);
    CHECK(setenv("SKBOX_PORT_FILTER_IPV4_WILDCARD", "1024,0,80", 1) == 0);
    CHECK(setenv("SOCKETBOX_BIND", "*:2000=/a,[2001:db8::1]:81=/b,192.0.2.1:82=/c", 1) == 0);
    snprintf(name, sizeof name, "%s/skbox_dir_00000", folder);
    int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    char entry[300];
    memset(entry, 'x', sizeof entry); /* The first has no end, the second has the port at its very end. */
    memcpy(entry + 128 + 102, "_@SB_", 6);
    CHECK(fd >= 0 && write(fd, entry, sizeof entry) == sizeof entry);
    close(fd);
}

static void find(const void *address, socklen_t length) {
    static struct target target;
    enum target_kind (*const finders[])(const struct sockaddr *, socklen_t, struct target *) = {
        target_find, target_find_peer};
    for (int i = 0; i < 2; i++) {
        memset(&target, 'y', sizeof target);
        target.path[sizeof target.path - 1] = '\0';
        enum target_kind kind = finders[i](address, length, &target);
        CHECK(kind >= TARGET_ERROR && kind <= TARGET_LINK_LOCAL);
        if (kind == TARGET_DATAGRAM || kind == TARGET_STREAM) {
            CHECK(target.path[0] != '\0' && target.path[0] != 'y');
            CHECK(memchr(target.path, '\0', sizeof target.path) != NULL);
        }
    }
}

static void give(struct input *input) {
    struct sockaddr_storage name = {0};
    unsigned char buffer[sizeof name + 1];
    int domain = next_byte(input) % 2 == 0 ? AF_INET : AF_INET6;
    socklen_t room = next_byte(input) % sizeof name;
    socklen_t length = next_byte(input) % (sizeof name + 1);
    socklen_t had = room;
    next_bytes(input, &name, length);
    memset(buffer, 0x55, sizeof buffer);
    names_give(&name, length, domain, (struct sockaddr *)(void *)buffer, &room);
    CHECK(room <= had);
    for (size_t i = room; i < sizeof buffer; i++) {
        CHECK(buffer[i] == 0x55);
    }
    if (name.ss_family == AF_INET6 && domain == AF_INET) {
        CHECK(room <= sizeof(struct sockaddr_in));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    unsigned kind = next_byte(&input);
    if (kind % 2 == 0) {
        give(&input);
        return 0;
    }
    void *address = malloc(input.left == 0 ? 1 : input.left); /* On the heap, so that a read behind its end is seen. */
    memcpy(address, input.at, input.left);
    find(address, (socklen_t)input.left);
    free(address);
    return 0;
}
