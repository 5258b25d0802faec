/* SKBOX_ENABLE_CONNECT: connect() to a magic address reaches the UNIX socket, and the client takes it for TCP. */
#include "preload.h"

#include <sys/syscall.h>

static void entry(int index, const char *text) {
    char path[108];
    char folder[64];
    CHECK(getcwd(folder, sizeof folder) != NULL);
    CHECK(snprintf(path, sizeof path, "%s/%s", folder, text) < (int)sizeof path);
    int fd = open("skbox_dir_00007", O_WRONLY | O_CREAT, 0600);
    CHECK(pwrite(fd, path, strlen(path) + 1, index * 128) > 0);
    CHECK(ftruncate(fd, 4 * 128) == 0);
    close(fd);
}

static void names(int client, const char *ip, int port) {
    union address name;
    union address wanted;
    socklen_t length = sizeof name;
    socklen_t wanted_length = address_of(&wanted, ip, port);
    CHECK(getpeername(client, &name.any, &length) == 0);
    CHECK(length == wanted_length && memcmp(&name, &wanted, length) == 0);
    length = sizeof name;
    CHECK(getsockname(client, &name.any, &length) == 0 && length == wanted_length);
    CHECK(name.any.sa_family == wanted.any.sa_family && name.v4.sin_port == 0);
}

static void looks_like_tcp(int client, int domain) {
    CHECK(int_option(client, SOL_SOCKET, SO_DOMAIN) == domain);
    CHECK(int_option(client, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_TCP);
    CHECK(int_option(client, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
    CHECK(int_option(client, SOL_SOCKET, SO_ERROR) == 0);
    CHECK(int_option(client, IPPROTO_TCP, TCP_NODELAY) == 1); /* set before */
    set_option(client, IPPROTO_TCP, TCP_KEEPIDLE, 77);
    CHECK(int_option(client, IPPROTO_TCP, TCP_KEEPIDLE) == 77);
    int value = 1;
    FAILS(setsockopt(client, IPPROTO_TCP, TCP_KEEPIDLE, &value, 1), EINVAL);
    struct timeval timeout;
    socklen_t length = sizeof timeout;
    CHECK(getsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &timeout, &length) == 0 && timeout.tv_sec == 33);
    CHECK(fcntl(client, F_GETFD) == FD_CLOEXEC);
}

static int client_of(union address *to, const char *ip, int port, socklen_t *length) {
    *length = address_of(to, ip, port);
    int client = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    set_option(client, IPPROTO_TCP, TCP_NODELAY, 1);
    struct timeval timeout = {.tv_sec = 33};
    CHECK(setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) == 0);
    return client;
}

static void talks(const char *ip, int port, int listener, int flags) {
    union address to;
    socklen_t length;
    int client = client_of(&to, ip, port, &length);
    CHECK(fcntl(client, F_SETFL, flags) == 0);
    CHECK(connect(client, &to.any, length) == 0);
    CHECK((fcntl(client, F_GETFL) & O_NONBLOCK) == flags);
    names(client, ip, port);
    looks_like_tcp(client, to.any.sa_family);
    FAILS(connect(client, &to.any, length), EISCONN);
    int server = accept(listener, NULL, NULL);
    char byte = 0;
    CHECK(server >= 0 && write(client, "x", 1) == 1 && read(server, &byte, 1) == 1 && byte == 'x');
    CHECK(write(server, "y", 1) == 1 && fcntl(client, F_SETFL, 0) == 0 && read(client, &byte, 1) == 1 && byte == 'y');
    close(server);
    CHECK(read(client, &byte, 1) == 0);
    close(client);
}

static void fails(const char *ip, int port, int error) {
    union address to;
    socklen_t length;
    int client = client_of(&to, ip, port, &length);
    FAILS(syscall(SYS_connect, client, &to, length), error);
    CHECK(int_option(client, SOL_SOCKET, SO_DOMAIN) == to.any.sa_family); /* It is what it was. */
    struct stat status;
    CHECK(fstat(client, &status) == 0 && S_ISSOCK(status.st_mode));
    close(client);
}

/* Only stream sockets: datagram addresses are what they are, without a route. */
static void streams(void) {
    int listener = listening("fe8f::1:7:3", 80);
    talks("fe8f::1:7:3", 80, listener, 0);
    talks("fe8f::1:7:3", 80, listener, O_NONBLOCK);
    fails("fe8f::1:7:3", 81, ECONNREFUSED);
    fails("fe8f::1:7:4", 80, ERANGE);
    fails("fe8f::1:7:3", 8080, EINVAL); /* Beyond the port filter: a link-local address without a scope. */
    fails("fe8f::7:1", 80, EINVAL);
    fails("127.181.3.9", 443, ECONNREFUSED);
}

static void datagrams(void) {
    int listener = listening("fe8f::7:1", 80);
    talks("fe8f::7:1", 80, listener, 0);
    talks("fe8f::7:1", 80, listener, O_NONBLOCK);
    fails("fe8f::8:1", 80, ENOENT);
    close(listener);
    fails("fe8f::7:1", 80, ECONNREFUSED);
    listener = listening("fe8f::1:7:3", 80);
    talks("fe8f::1:7:3", 80, listener, 0);
    listening("127.180.3.9", 443);
    fails("127.180.3.9", 443, ECONNREFUSED);
}

static void both_families(void) {
    int datagram = listening("127.180.3.9", 443);
    CHECK(exists("X4003/00009_00443"));
    talks("127.180.3.9", 443, datagram, 0);
    talks("::ffff:127.180.3.9", 443, datagram, 0);
    close(datagram);
    int stream = listening("127.181.3.9", 443);
    talks("127.181.3.9", 443, stream, 0);
    int usual = listening("127.0.0.1", 0);
    union address to;
    socklen_t length = sizeof to;
    CHECK(getsockname(usual, &to.any, &length) == 0);
    int client = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(client, &to.any, length) == 0);
}

static void with(const char *setting, char *self) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(setenv("SKBOX_ENABLE_CONNECT", setting, 1) == 0 && setenv("SKBOX_BLOCK_LISTEN_EMPTY_ADDR", "0", 1) == 0);
        execl("/proc/self/exe", self, setting, (char *)NULL);
        exit(1);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

int main(int count, char **arguments) {
    if (count == 1) {
        entry(1, "datagram");
        entry(3, "stream-_@SB_");
        CHECK(mkdir("X4003", 0700) == 0);
        with("1", arguments[0]);
        with("2", arguments[0]);
        with("b9", arguments[0]);
    } else if (strcmp(arguments[1], "1") == 0) {
        streams();
    } else if (strcmp(arguments[1], "2") == 0) {
        datagrams();
    } else {
        both_families();
    }
    return 0;
}
