/* SOCKETBOX_PEER4, SKBOX_STEALTH_MODE, SKBOX_STRICT_STREAM_MODE, SKBOX_ACCEPT_STREAM and wildcard filters. */
#include "preload.h"

static void peers(int listener) {
    struct connection made = hand_over("four", "::", "::1");
    union address name;
    socklen_t length = sizeof name;
    int fd = accept(listener, &name.any, &length);
    CHECK(fd >= 0 && ntohl(name.v4.sin_addr.s_addr) >> 16 == (198u << 8 | 18));
    close(made.client);
    close(fd);
}

static void unix_peers(int listener, int domain) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CHECK(send_descriptors(domain == AF_INET ? "four" : "six", pair, 1) == 1);
    union address name;
    socklen_t length = sizeof name;
    int fd = accept(listener, &name.any, &length);
    union address wanted;
    socklen_t wanted_length = address_of(&wanted, domain == AF_INET ? "127.0.0.1" : "::1", 0);
    CHECK(fd >= 0 && length == wanted_length && memcmp(&name, &wanted, length) == 0);
    CHECK(getpeername(fd, &name.any, &length) == 0 && memcmp(&name, &wanted, length) == 0);
}

static void any_descriptor(int listener) {
    int file = open("/dev/null", O_RDONLY);
    CHECK(send_descriptors("six", &file, 1) == 1);
    CHECK(accept(listener, NULL, NULL) >= 0);
}

static void stream_of_descriptors(void) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    struct connection made = connection_to("::", "::1");
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.align = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}};
    memcpy(CMSG_DATA(&control.align), &made.server, sizeof(int));
    struct iovec part = {.iov_base = "", .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    CHECK(sendmsg(pair[0], &message, 0) == 1);
    union address name;
    socklen_t length = sizeof name;
    CHECK(accept(pair[1], &name.any, &length) >= 0 && memcmp(&name, &made.client_name, length) == 0);
    close(pair[0]);
    FAILS(accept(pair[1], NULL, NULL), EINVAL);
}

static void wildcards(void) {
    CHECK(mkdir("X0000", 0700) == 0 && mkdir("X0004", 0700) == 0);
    int v6 = listening("::", 99);
    int v4 = listening("0.0.0.0", 99);
    CHECK(exists("X0000/00000_00099") && exists("X0004/00000_00099"));
    close(v6);
    close(v4);
}

int main(int count, char **arguments) {
    if (count == 1) {
        CHECK(setenv("SOCKETBOX_PEER4", "198.18.0.0/16", 1) == 0 && setenv("SKBOX_STEALTH_MODE", "1", 1) == 0);
        CHECK(setenv("SKBOX_ACCEPT_STREAM", "1", 1) == 0 && setenv("SKBOX_PORT_FILTER_IPV6_WILDCARD", "100", 1) == 0);
        CHECK(setenv("SKBOX_PORT_FILTER_IPV4_WILDCARD", "0,0,99", 1) == 0);
        CHECK(setenv("SKBOX_BLOCK_LISTEN_EMPTY_ADDR", "0", 1) == 0 && setenv("SKBOX_SCHED_YIELD", "1", 1) == 0);
        CHECK(setenv("SKBOX_STRICT_STREAM_MODE", "0", 1) == 0);
        execl("/proc/self/exe", arguments[0], "set", (char *)NULL);
        return 1;
    }
    int v4 = listening("192.0.2.1", 82);
    int v6 = listening("2001:db8::1", 81);
    peers(v4);
    unix_peers(v4, AF_INET);
    unix_peers(v6, AF_INET6);
    any_descriptor(v6);
    stream_of_descriptors();
    wildcards();
    int unbound = socket(AF_INET6, SOCK_STREAM, 0);
    CHECK(listen(unbound, 5) == 0);
    return 0;
}
