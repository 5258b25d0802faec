/*
 * accept() and the end of a listener, whatever messages come. The input is a sequence of steps: a message with some
 * descriptors and bytes, an accept4() with some room and flags, a close with what still waits. No descriptor may be left
 * behind, and every connection that was sent is accepted or reset.
 */
#include "fuzz.h"

#include "../../main/c/preload/next.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { KINDS = 7, AT_ONCE = 8, CONTROL_BYTES = 256 };

static char path[64];
static int kinds[KINDS]; /* descriptors that are sent: the first two are connections */

__attribute__((constructor(101))) static void prepare(void) {
    char folder[40];
    static char bind_items[200];
    CHECK(getcwd(folder, sizeof folder) != NULL); /* One of its own, from src/build/fuzz. */
    snprintf(path, sizeof path, "%s/web", folder);
    snprintf(bind_items, sizeof bind_items, "[::]:80=%s,0.0.0.0:81=%s", path, path);
    CHECK(setenv("SOCKETBOX_BIND", bind_items, 1) == 0 && setenv("SKBOX_BLOCK_LISTEN_EMPTY_ADDR", "0", 1) == 0);
}

static int tcp_connection(void) {
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t length = sizeof name;
    int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(listener, (struct sockaddr *)&name, sizeof name) == 0 && listen(listener, 1) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&name, &length) == 0);
    int client = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(connect(client, (struct sockaddr *)&name, sizeof name) == 0);
    int server = accept(listener, NULL, NULL);
    CHECK(server >= 0);
    close(listener);
    return server;
}

static void make_kinds(void) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    kinds[0] = tcp_connection();
    kinds[1] = pair[0];
    kinds[2] = open("/dev/null", O_RDONLY);
    kinds[3] = socket(AF_INET6, SOCK_DGRAM, 0);
    kinds[4] = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    kinds[5] = open("/tmp", O_PATH);
    kinds[6] = pair[1];
}

/* SCM_RIGHTS, and perhaps SCM_CREDENTIALS before it. */
static size_t add_control(struct input *input, char *control, int count) {
    struct msghdr message = {.msg_control = control, .msg_controllen = CONTROL_BYTES};
    struct cmsghdr *part = CMSG_FIRSTHDR(&message);
    size_t length = 0;
    if (next_byte(input) % 4 == 0) {
        struct ucred credentials = {.pid = getpid(), .uid = getuid(), .gid = getgid()};
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_CREDENTIALS;
        part->cmsg_len = CMSG_LEN(sizeof credentials);
        memcpy(CMSG_DATA(part), &credentials, sizeof credentials);
        length = CMSG_SPACE(sizeof credentials);
        part = (struct cmsghdr *)(void *)(control + length);
    }
    if (count == 0) {
        return length;
    }
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    for (int i = 0; i < count; i++) {
        memcpy(CMSG_DATA(part) + (size_t)i * sizeof(int), &kinds[next_byte(input) % KINDS], sizeof(int));
    }
    return length + CMSG_SPACE((size_t)count * sizeof(int));
}

static void send_message(int sender, struct input *input) {
    static char text[256];
    _Alignas(struct cmsghdr) char control[CONTROL_BYTES] = {0};
    int count = (int)(next_byte(input) % (AT_ONCE + 1));
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    memcpy(to.sun_path, path, sizeof path);
    struct iovec part = {.iov_base = text, .iov_len = next_byte(input)};
    struct msghdr message = {
        .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1, .msg_control = control};
    message.msg_controllen = add_control(input, control, count);
    CHECK(sendmsg(sender, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 || errno == EAGAIN || errno == EPIPE
          || errno == ECONNREFUSED || errno == ENOENT || errno == ETOOMANYREFS);
}

static void accept_one(int listener, struct input *input) {
    struct {
        unsigned char name[sizeof(struct sockaddr_storage)];
        unsigned char behind;
    } buffer;
    memset(&buffer, 0x55, sizeof buffer);
    unsigned how = next_byte(input);
    socklen_t room = next_byte(input) % sizeof buffer.name;
    socklen_t had = room;
    int flags = (how & 1 ? SOCK_NONBLOCK : 0) | (how & 2 ? SOCK_CLOEXEC : 0) | (how & 4 ? 1 << 20 : 0);
    int fd = accept4(listener, how & 8 ? NULL : (struct sockaddr *)(void *)buffer.name, how & 16 ? NULL : &room, flags);
    if (fd < 0) {
        CHECK(errno == EAGAIN || errno == EINVAL || errno == EFAULT);
        return;
    }
    CHECK((how & 4) == 0 && ((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0) == ((how & 1) != 0));
    CHECK(((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0) == ((how & 2) != 0));
    for (size_t i = had < sizeof buffer.name ? had : sizeof buffer.name; i < sizeof buffer.name; i++) {
        CHECK(buffer.name[i] == 0x55);
    }
    CHECK(room <= sizeof buffer.name && buffer.behind == 0x55);
    close(fd);
}

static int listen_on(int domain) {
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(81)};
    int fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int bound = domain == AF_INET ? bind(fd, (struct sockaddr *)&v4, sizeof v4)
                                  : bind(fd, (struct sockaddr *)&v6, sizeof v6);
    CHECK(bound == 0 && listen(fd, 5) == 0);
    return fd;
}

static int lowest_free(void) {
    int fd = fcntl(0, F_DUPFD, 0);
    next()->close(fd);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    if (kinds[0] == 0) {
        make_kinds();
    }
    int free_before = lowest_free();
    int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int listener = listen_on(next_byte(&input) % 2 == 0 ? AF_INET : AF_INET6);
    while (input.left > 0) {
        switch (next_byte(&input) % 8) {
        case 0:
        case 1:
        case 2:
            send_message(sender, &input);
            break;
        case 3:
            if (next_byte(&input) == 0) {
                shutdown(listener, SHUT_RD);
            }
            break;
        case 4: {
            int copy = dup(listener);
            close(listener); /* Not the last one: nothing is reset. */
            CHECK(dup2(copy, listener) == listener);
            close(copy);
            break;
        }
        default:
            accept_one(listener, &input);
        }
    }
    close(listener);
    CHECK(access(path, F_OK) != 0);
    next()->close(sender);
    CHECK(lowest_free() == free_before);
    return 0;
}
