#define _GNU_SOURCE
#include "epolls.h"

#include "next.h"
#include "proc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the descriptor number in the folder is an epoll set. */
static bool is_set(int folder, int number) {
    static const char wanted[] = "anon_inode:[eventpoll]";
    char name[12];
    char link[sizeof wanted];
    snprintf(name, sizeof name, "%d", number);
    ssize_t length = readlinkat(folder, name, link, sizeof link);
    return length == sizeof wanted - 1 && memcmp(link, wanted, sizeof wanted - 1) == 0;
}

/* Reads what the set asks for fd, from the lines that proc(5) has for it. */
static bool find_in_set(int set, int fd, struct epoll_event *event) {
    char path[40];
    struct lines lines;
    struct stat status;
    bool found = false;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", set);
    if (fstat(fd, &status) != 0 || !lines_open(&lines, path)) {
        return false;
    }
    for (const char *line; !found && (line = lines_next(&lines)) != NULL;) {
        int number;
        unsigned events;
        uint64_t data;
        unsigned long inode;
        int count = sscanf(line, "tfd: %d events: %x data: %" SCNx64 " pos:%*d ino:%lx", &number, &events, &data,
                           &inode);
        found = count >= 3 && number == fd && (count == 3 || inode == status.st_ino);
        *event = (struct epoll_event){.events = events, .data.u64 = data};
    }
    next()->close(lines.fd);
    return found;
}

void epolls_leave(int fd, struct epolls *left) {
    int saved = errno;
    struct numbers descriptors;
    left->count = 0;
    if (numbers_open(&descriptors, "/proc/self/fd")) {
        for (int set; left->count < EPOLLS_SETS && (set = numbers_next(&descriptors)) >= 0;) {
            struct epoll_event event;
            if (is_set(descriptors.fd, set) && find_in_set(set, fd, &event)
                && epoll_ctl(set, EPOLL_CTL_DEL, fd, NULL) == 0) {
                left->sets[left->count].set = set;
                left->sets[left->count++].event = event;
            }
        }
        next()->close(descriptors.fd);
    }
    errno = saved;
}

void epolls_return(int fd, const struct epolls *left) {
    int saved = errno;
    for (int i = 0; i < left->count; i++) {
        struct epoll_event event = left->sets[i].event;
        epoll_ctl(left->sets[i].set, EPOLL_CTL_ADD, fd, &event);
    }
    errno = saved;
}
