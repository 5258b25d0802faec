#define _GNU_SOURCE
#include "family.h"

#include "next.h"
#include "settings.h"
#include "socketfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ENTRIES_BYTES = 4096, LINE_BYTES = 256, INODES = 8 };

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
    char bytes[ENTRIES_BYTES];
    char line[LINE_BYTES];
    size_t length = 0;
    ssize_t count;
    int fd = open("/proc/self/net/unix", O_RDONLY | O_CLOEXEC);
    found->count = 0;
    while (fd >= 0 && (count = read(fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                line[length] = '\0';
                inodes_add(found, line, path);
                length = 0;
            } else if (length < sizeof line - 1) {
                line[length++] = bytes[i];
            }
        }
    }
    if (fd >= 0) {
        next()->close(fd);
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

/* What getdents64(2) fills in. */
struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/* A folder whose names are numbers, read without malloc(), which opendir() needs. */
struct numbers {
    int fd;
    long filled;
    long at;
    union {
        struct entry align;
        char bytes[ENTRIES_BYTES];
    } entries;
};

static bool numbers_open(struct numbers *numbers, const char *folder) {
    numbers->filled = numbers->at = 0;
    numbers->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return numbers->fd >= 0;
}

/* The next number, or -1 at the end. */
static int numbers_next(struct numbers *numbers) {
    while (true) {
        if (numbers->at >= numbers->filled) {
            numbers->at = 0;
            numbers->filled = next()->syscall(SYS_getdents64, numbers->fd, &numbers->entries, ENTRIES_BYTES);
            if (numbers->filled <= 0) {
                return -1;
            }
        }
        const char *entry = numbers->entries.bytes + numbers->at;
        uint16_t length;
        memcpy(&length, entry + offsetof(struct entry, length), sizeof length);
        numbers->at += length;
        const char *name = entry + offsetof(struct entry, name);
        unsigned number;
        if (settings_number(&name, INT_MAX / 10, &number) && *name == '\0') {
            return (int)number;
        }
    }
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
