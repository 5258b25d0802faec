/* socket-query(1): the addresses of a descriptor, for shell scripts. */
#define _GNU_SOURCE
#include "tool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char usage[] =
    "usage: socket-query [-l | -r] [-a | -p] [-R] [-f FD]\n"
    "\n"
    "Prints `ADDRESS PORT` of both ends of a connection, the local one first, IPv4 as ::ffff:a.b.c.d.\n"
    "\n"
    "  -l, --local    only the local end\n"
    "  -r, --remote   only the remote end\n"
    "  -a, --address  only the address\n"
    "  -p, --port     only the port\n"
    "  -R, --raw      in hexadecimal digits: 32 for an address, 4 for a port\n"
    "  -f, --fd FD    of the descriptor FD (default 0)\n"
    "  -h, --help     show this\n"
    "\n"
    "Exit status: 0, or 1 on errors.\n";

struct wanted {
    bool local;
    bool remote;
    bool address;
    bool port;
    bool raw;
    int fd;
};

static struct sockaddr_in6 query(int fd, bool local) {
    struct sockaddr_storage name = {0};
    socklen_t length = sizeof name;
    struct sockaddr_in6 v6 = {0};
    int result = local ? getsockname(fd, (struct sockaddr *)&name, &length)
                       : getpeername(fd, (struct sockaddr *)&name, &length);
    if (result != 0) {
        tool_fail(EXIT_TROUBLE, errno, "%s address of descriptor %d", local ? "local" : "remote", fd);
    }
    if (name.ss_family == AF_INET6) {
        memcpy(&v6, &name, sizeof v6);
    } else if (name.ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, &name, sizeof v4);
        v6.sin6_port = v4.sin_port;
        v6.sin6_addr.s6_addr[10] = v6.sin6_addr.s6_addr[11] = 0xff;
        memcpy(&v6.sin6_addr.s6_addr[12], &v4.sin_addr, sizeof v4.sin_addr);
    } else {
        tool_fail(EXIT_TROUBLE, 0, "descriptor %d is no IPv4 or IPv6 socket", fd);
    }
    return v6;
}

static void print_address(const struct in6_addr *address, bool raw) {
    char text[INET6_ADDRSTRLEN];
    if (!raw) {
        fputs(inet_ntop(AF_INET6, address, text, sizeof text), stdout);
        return;
    }
    for (size_t i = 0; i < sizeof address->s6_addr; i++) {
        printf("%02x", address->s6_addr[i]);
    }
}

static void print_end(const struct wanted *wanted, bool local) {
    struct sockaddr_in6 name = query(wanted->fd, local);
    if (wanted->address) {
        print_address(&name.sin6_addr, wanted->raw);
    }
    if (wanted->address && wanted->port) {
        putchar(' ');
    }
    if (wanted->port) {
        printf(wanted->raw ? "%04x" : "%u", (unsigned)ntohs(name.sin6_port));
    }
    putchar('\n');
}

static bool parse(int count, char **arguments, struct wanted *wanted) {
    static const struct option options[] = {
        {"local", no_argument, NULL, 'l'}, {"remote", no_argument, NULL, 'r'}, {"address", no_argument, NULL, 'a'},
        {"port", no_argument, NULL, 'p'},  {"raw", no_argument, NULL, 'R'},    {"fd", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},  {0}};
    bool helped = false;
    int option;
    while ((option = getopt_long(count, arguments, "lrapRf:h", options, NULL)) != -1) {
        switch (option) {
        case 'l':
            wanted->local = true;
            break;
        case 'r':
            wanted->remote = true;
            break;
        case 'a':
            wanted->address = true;
            break;
        case 'p':
            wanted->port = true;
            break;
        case 'R':
            wanted->raw = true;
            break;
        case 'f':
            wanted->fd = tool_descriptor(optarg);
            break;
        case 'h':
            fputs(usage, stdout);
            helped = true;
            break;
        default:
            fputs(usage, stderr);
            return false;
        }
    }
    if (optind != count) {
        fputs(usage, stderr);
        return false;
    }
    if (helped) {
        wanted->fd = -1;
    }
    return true;
}

int main(int count, char **arguments) {
    struct wanted wanted = {0};
    if (!parse(count, arguments, &wanted)) {
        return EXIT_TROUBLE;
    }
    if (wanted.fd < 0) {
        return 0;
    }
    bool both_ends = wanted.local == wanted.remote;
    if (wanted.address == wanted.port) {
        wanted.address = wanted.port = true;
    }
    if (both_ends || wanted.local) {
        print_end(&wanted, true);
    }
    if (both_ends || wanted.remote) {
        print_end(&wanted, false);
    }
    return 0;
}
