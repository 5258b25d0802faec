/* send-receive-fd(1): hands one descriptor through a UNIX socket, in either direction. */
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { RECEIVED_AT_ONCE = 32 };

static const char usage[] =
    "usage: send-receive-fd -s FD SOCKFD\n"
    "       send-receive-fd -r SOCKFD PROGRAM [ARGUMENT]...\n"
    "\n"
    "  -s, --send FD  send the descriptor FD through the UNIX socket SOCKFD\n"
    "  -r, --receive  receive one from SOCKFD and become PROGRAM, with its number in SKBOX_RECEIVED_FD\n"
    "  -h, --help     show this\n"
    "\n"
    "The message is one zero byte and the descriptor, as socketbox sends it. Messages without one are passed over.\n"
    "Exit status: 0; 1 on errors and at the end of the stream; 126 or 127 if PROGRAM cannot be run or is not found.\n";

static void send_descriptor(int fd, int socket) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {.iov_base = "", .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        tool_fail(EXIT_TROUBLE, errno, "send descriptor %d through descriptor %d", fd, socket);
    }
}

/* The first descriptor of a message, or -1. Any further ones are closed. */
static int first_descriptor(struct msghdr *message) {
    int first = -1;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        for (size_t at = 0; at + sizeof(int) <= part->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
            int fd;
            memcpy(&fd, CMSG_DATA(part) + at, sizeof fd);
            if (first < 0) {
                first = fd;
            } else {
                close(fd);
            }
        }
    }
    return first;
}

static bool is_datagram(int socket) {
    int type = 0;
    socklen_t length = sizeof type;
    return getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_DGRAM;
}

static int receive_descriptor(int socket) {
    while (true) {
        union {
            struct cmsghdr align;
            char bytes[CMSG_SPACE(RECEIVED_AT_ONCE * sizeof(int))];
        } control;
        char text[16];
        struct iovec part = {.iov_base = text, .iov_len = sizeof text};
        struct msghdr message = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        ssize_t count = recvmsg(socket, &message, 0);
        if (count < 0 && errno != EINTR) {
            tool_fail(EXIT_TROUBLE, errno, "receive from descriptor %d", socket);
        }
        int fd = count < 0 ? -1 : first_descriptor(&message);
        if (fd >= 0) {
            return fd;
        }
        if (count == 0 && !is_datagram(socket)) {
            tool_fail(EXIT_TROUBLE, 0, "receive from descriptor %d: the other side has closed it", socket);
        }
    }
}

static _Noreturn void become(char **program, int fd) {
    char number[16];
    snprintf(number, sizeof number, "%d", fd);
    if (setenv("SKBOX_RECEIVED_FD", number, 1) != 0) {
        tool_fail(EXIT_TROUBLE, errno, "set SKBOX_RECEIVED_FD");
    }
    execvp(program[0], program);
    tool_fail(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, errno, "run %s", program[0]);
}

int main(int count, char **arguments) {
    static const struct option options[] = {
        {"send", required_argument, NULL, 's'},
        {"receive", no_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},
        {0}};
    const char *sent = NULL;
    bool receives = false;
    int option;
    while ((option = getopt_long(count, arguments, "+s:rh", options, NULL)) != -1) {
        switch (option) {
        case 's':
            sent = optarg;
            break;
        case 'r':
            receives = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return EXIT_TROUBLE;
        }
    }
    int left = count - optind;
    if ((sent != NULL) == receives || (sent != NULL && left != 1) || (receives && left < 2)) {
        fputs(usage, stderr);
        return EXIT_TROUBLE;
    }
    int socket = tool_descriptor(arguments[optind]);
    if (receives) {
        become(&arguments[optind + 1], receive_descriptor(socket));
    }
    send_descriptor(tool_descriptor(sent), socket);
    return 0;
}
