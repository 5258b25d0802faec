#define _GNU_SOURCE
#include "replace.h"

#include "epolls.h"
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

int replace_by_copy(int from, int to, const struct file_flags *flags) {
    struct epolls sets;
    epolls_leave(to, &sets);
    int result = next()->dup3(from, to, O_CLOEXEC) < 0 ? -1 : 0;
    if (result == 0) {
        file_flags_apply(to, flags);
    }
    epolls_return(to, &sets);
    return result;
}

int replace_with_flags(int from, int to, const struct file_flags *flags) {
    if (replace_by_copy(from, to, flags) != 0) {
        return -1;
    }
    next()->close(from);
    return 0;
}

int replace_descriptor(int from, int to) {
    struct file_flags flags;
    file_flags_read(to, &flags);
    return replace_with_flags(from, to, &flags);
}
