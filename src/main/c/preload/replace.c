#define _GNU_SOURCE
#include "replace.h"

#include "next.h"

#include <fcntl.h>
#include <netinet/in.h>

static int int_option(int fd, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    next()->getsockopt(fd, SOL_SOCKET, name, &value, &length);
    return value;
}

bool replace_is_tcp(int fd, int *domain) {
    *domain = int_option(fd, SO_DOMAIN);
    return (*domain == AF_INET || *domain == AF_INET6) && int_option(fd, SO_TYPE) == SOCK_STREAM
           && int_option(fd, SO_PROTOCOL) == IPPROTO_TCP;
}

int replace_with_flags(int from, int to, const struct file_flags *flags) {
    if (next()->dup3(from, to, O_CLOEXEC) < 0) {
        return -1;
    }
    next()->close(from);
    file_flags_apply(to, flags);
    return 0;
}

int replace_descriptor(int from, int to) {
    struct file_flags flags;
    file_flags_read(to, &flags);
    return replace_with_flags(from, to, &flags);
}
