#define _GNU_SOURCE
#include "socketfile.h"

#include "next.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MODE = 0660, LOCK_TRIES = 200, LOCK_PAUSE_NS = 1000000 };

static socklen_t fill(struct sockaddr_un *address, const char *path) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    size_t length = strnlen(path, sizeof address->sun_path);
    memcpy(address->sun_path, path, length);
    socklen_t all = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return length < sizeof address->sun_path ? all + 1 : all;
}

/* Whether nobody listens at path, by asking the kernel. */
static bool refuses(const char *path, int type) {
    struct sockaddr_un address;
    socklen_t length = fill(&address, path);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return false;
    }
    bool refused = next()->connect(fd, (struct sockaddr *)&address, length) != 0 && errno == ECONNREFUSED;
    next()->close(fd);
    return refused;
}

/*
 * Two processes may replace or remove one file at the same time; they take turns by a lock on its folder, which needs
 * no file of its own. Who holds it longer than 200 ms, or keeps the folder from us, is not waited for. Returns -1 then.
 */
static int lock_folder(const char *path) {
    char folder[109];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path);
    if (slash == NULL || length >= sizeof folder) {
        return -1;
    }
    memcpy(folder, path, length);
    memcpy(folder + length, length == 0 ? "/" : "", length == 0 ? 2 : 1);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; fd >= 0 && i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return fd;
        }
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
    }
    if (fd >= 0) {
        next()->close(fd);
    }
    return -1;
}

static void unlock_folder(int fd) {
    if (fd >= 0) {
        flock(fd, LOCK_UN); /* Not by close() alone: a child that was forked meanwhile holds a copy. */
        next()->close(fd);
    }
}

static bool is_left_over(const char *path, int type) {
    struct stat status;
    return lstat(path, &status) == 0 && S_ISSOCK(status.st_mode) && refuses(path, type);
}

static void note(const char *path, struct state *state) {
    struct stat status;
    if (lstat(path, &status) == 0) {
        uint64_t device = status.st_dev;
        uint64_t inode = status.st_ino;
        memcpy(state->device, &device, sizeof device);
        memcpy(state->inode, &inode, sizeof inode);
    }
}

static bool is_noted(const char *path, const struct state *state) {
    struct state now = {0};
    note(path, &now);
    return memcmp(now.device, state->device, sizeof now.device) == 0
           && memcmp(now.inode, state->inode, sizeof now.inode) == 0 && (now.inode[0] != 0 || now.inode[1] != 0);
}

int socketfile_bind(int fd, int type, const char *path, struct state *state) {
    struct sockaddr_un address;
    socklen_t length = fill(&address, path);
    int lock = lock_folder(path);
    int result = next()->bind(fd, (struct sockaddr *)&address, length);
    if (result != 0 && errno == EADDRINUSE) {
        if (is_left_over(path, type)) {
            unlink(path);
            result = next()->bind(fd, (struct sockaddr *)&address, length);
        } else {
            errno = EADDRINUSE;
        }
    }
    int error = errno;
    if (result == 0) {
        char name[109] = "";
        memcpy(name, path, strnlen(path, sizeof name - 1));
        chmod(name, MODE); /* bind() has applied the umask. */
        note(name, state);
    }
    unlock_folder(lock);
    errno = error;
    return result;
}

bool socketfile_path(int fd, char path[109]) {
    struct sockaddr_un address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    if (next()->getsockname(fd, (struct sockaddr *)&address, &length) != 0 || address.sun_family != AF_UNIX) {
        return false;
    }
    memcpy(path, address.sun_path, sizeof address.sun_path);
    path[sizeof address.sun_path] = '\0';
    return path[0] != '\0';
}

bool socketfile_is_dead(const char *path, int type, const struct state *state) {
    return is_noted(path, state) && refuses(path, type);
}

void socketfile_remove(const char *path, int type, const struct state *state, bool only_if_dead) {
    int lock = lock_folder(path);
    if (only_if_dead ? socketfile_is_dead(path, type, state) : is_noted(path, state)) {
        unlink(path);
    }
    unlock_folder(lock);
}
