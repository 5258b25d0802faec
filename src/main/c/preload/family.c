#define _GNU_SOURCE
#include "family.h"

#include "next.h"
#include "proc.h"
#include "socketfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { INODES = 8 };

/* The sockets that are, or were, bound to a path: those that nobody else's descriptors are looked at for. */
struct inodes {
    unsigned count;
    unsigned long inodes[INODES];
};

/* Adds what a line of /proc/net/unix names if it has the path: the seventh field is the inode, the eighth the path. */
static void inodes_add(struct inodes *found, const char *line, const char *path) {
    unsigned long inode;
    int end = 0;
    if (sscanf(line, "%*s %*s %*s %*s %*s %*s %lu %n", &inode, &end) == 1 && end > 0 && strcmp(line + end, path) == 0
        && found->count < INODES) {
        found->inodes[found->count++] = inode;
    }
}

static void inodes_find(struct inodes *found, const char *path) {
    struct lines lines;
    found->count = 0;
    if (lines_open(&lines, "/proc/self/net/unix")) {
        for (const char *line; (line = lines_next(&lines)) != NULL;) {
            inodes_add(found, line, path);
        }
        next()->close(lines.fd);
    }
}

/* Whether the descriptor number in the folder is one of the sockets. */
static bool inodes_have(const struct inodes *known, int folder, int number) {
    char name[12];
    char link[64];
    unsigned long inode;
    snprintf(name, sizeof name, "%d", number);
    ssize_t length = readlinkat(folder, name, link, sizeof link - 1);
    link[length < 0 ? 0 : length] = '\0';
    if (sscanf(link, "socket:[%lu]", &inode) == 1) {
        for (unsigned i = 0; i < known->count; i++) {
            if (known->inodes[i] == inode) {
                return true;
            }
        }
    }
    return false;
}

static bool is_at(int fd, const char *path, struct state *state) {
    char name[109];
    return state_read_listener(fd, state) && socketfile_path(fd, name) && strcmp(name, path) == 0;
}

static int copy_from(int pid, const struct inodes *known, const char *path, struct state *state) {
    static const char format[] = "/proc/%d/fd";
    char folder[sizeof format + 10];
    struct numbers descriptors;
    int process = (int)next()->syscall(SYS_pidfd_open, pid, 0);
    if (process < 0) {
        return -1;
    }
    int copy = -1;
    snprintf(folder, sizeof folder, format, pid);
    if (numbers_open(&descriptors, folder)) {
        for (int fd; copy < 0 && (fd = numbers_next(&descriptors)) >= 0;) {
            if (inodes_have(known, descriptors.fd, fd)) {
                copy = (int)next()->syscall(SYS_pidfd_getfd, process, fd, 0);
            }
            if (copy >= 0 && !is_at(copy, path, state)) {
                next()->close(copy);
                copy = -1;
            }
        }
        next()->close(descriptors.fd);
    }
    next()->close(process);
    return copy;
}

int family_copy(const char *path, struct state *state) {
    int saved = errno;
    int copy = -1;
    pid_t session = getsid(0);
    struct inodes known;
    struct numbers processes;
    inodes_find(&known, path);
    if (known.count > 0 && numbers_open(&processes, "/proc")) {
        for (int pid; copy < 0 && (pid = numbers_next(&processes)) >= 0;) {
            if (pid != getpid() && getsid(pid) == session) {
                copy = copy_from(pid, &known, path, state);
            }
        }
        next()->close(processes.fd);
    }
    errno = saved;
    return copy;
}
