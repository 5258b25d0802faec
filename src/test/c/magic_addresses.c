/* The magic addresses: files and folders of SKBOX_DIRECTORY_ROOT and _ROOT2, which are this folder. */
#include "preload.h"

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

static void datagram(const char *ip, int port, const char *path) {
    int listener = listening(ip, port);
    CHECK(exists(path));
    hand_over(path, "::", "::1");
    CHECK(accept(listener, NULL, NULL) >= 0);
    close(listener);
    CHECK(!exists(path));
}

static void stream(const char *ip, int port, const char *path) {
    int listener = listening(ip, port);
    union address to = {.un.sun_family = AF_UNIX};
    strcpy(to.un.sun_path, path);
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(connect(client, &to.any, sizeof to.un) == 0);
    int server = accept(listener, NULL, NULL);
    CHECK(server >= 0 && write(server, "x", 1) == 1);
    char byte;
    CHECK(read(client, &byte, 1) == 1);
    union address name;
    union address wanted;
    socklen_t length = sizeof name;
    CHECK(getsockname(listener, &name.any, &length) == 0);
    CHECK(length == address_of(&wanted, ip, port) && memcmp(&name, &wanted, length) == 0);
    close(listener);
    CHECK(!exists(path));
}

static void fails(const char *ip, int port, int error) {
    union address address;
    socklen_t length = address_of(&address, ip, port);
    int fd = socket(address.any.sa_family, SOCK_STREAM, 0);
    FAILS(bind(fd, &address.any, length), error);
    close(fd);
}

int main(void) {
    entry(1, "first");
    entry(3, "port-_@SB_-end");
    datagram("fe8f::7:1", 80, "first");
    datagram("fe8f::7:3", 443, "port-00443-end");
    stream("fe8f::1:7:1", 80, "first");
    fails("fe8f::7:4", 80, ERANGE);
    fails("fe8f::8:1", 80, ENOENT);
    fails("fe8f::7:1", 8080, EINVAL); /* Beyond the port filter: a link-local address without a scope. */
    CHECK(mkdir("00256", 0700) == 0 && mkdir("X4003", 0700) == 0);
    datagram("fe8f::2:100:ffff", 80, "00256/65535_00080");
    stream("fe8f::3:100:1", 80, "00256/00001_00080");
    datagram("127.180.3.9", 443, "X4003/00009_00443");
    datagram("::ffff:127.180.3.9", 443, "X4003/00009_00443");
    stream("127.181.3.9", 443, "X4003/00009_00443");
    int usual = listening("127.180.3.9", 444); /* Not in the filter. */
    CHECK(!exists("X4003/00009_00444"));
    close(usual);
    return 0;
}
