/* A process that got the listener by SCM_RIGHTS, and never called bind(), can use it. */
#include "preload.h"

static int passed(int listener) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {.iov_base = "", .iov_len = 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &listener, sizeof listener);
    CHECK(sendmsg(pair[0], &message, 0) == 1);
    close(listener);
    char byte;
    part.iov_base = &byte;
    CHECK(recvmsg(pair[1], &message, 0) == 1);
    int fd;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

int main(void) {
    int fd = passed(listening("::", 80));
    CHECK(int_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1);
    hand_over("web", "::", "::1");
    CHECK(accept(fd, NULL, NULL) >= 0);
    close(fd);
    CHECK(!exists("web"));
    return 0;
}
