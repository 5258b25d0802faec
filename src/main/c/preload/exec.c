/*
 * Taking this library along into a new program.
 *
 * A program that inherits a replaced listener needs the library and its settings, even where the daemon has cleaned its
 * environment; one that inherits none (a login, a CGI program) must get neither. A daemon that becomes itself anew, as
 * sshd does on SIGHUP and HAProxy's master on SIGUSR2, may have closed its listeners before: it is to bind them again,
 * or to get them from its workers.
 * A process that never had a listener changes nothing: it may be a script that starts the daemon.
 *
 * The new environment stands on the stack: after vfork() the parent's memory is not ours to change, and in a signal
 * handler there is no malloc().
 */
#define _GNU_SOURCE
#include "exec.h"

#include "next.h"
#include "release.h"
#include "settings.h"
#include "state.h"

#include <alloca.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static const char PRELOAD[] = "LD_PRELOAD=";
static const char NAME[] = "libsocketbox-preload.so";
enum { PRELOAD_LENGTH = sizeof PRELOAD - 1, NAME_LENGTH = sizeof NAME - 1 };

static char library[PATH_MAX];

__attribute__((constructor)) static void find_library(void) {
    Dl_info info;
    if (dladdr(library, &info) != 0 && info.dli_fname != NULL && realpath(info.dli_fname, library) == NULL) {
        library[0] = '\0';
    }
    release_own(); /* Until a child binds or listens, it is no child that does. */
    /* Listeners that were inherited: close() and exec look for them from now on. */
    release_remember_inherited();
    if (state_seen()) {
        exec_clean_environment();
    }
}

static bool listener_survives(void) {
    struct state state;
    for (int fd = state_next_listener(0, &state); fd >= 0; fd = state_next_listener(fd + 1, &state)) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0) {
            return true;
        }
    }
    return false;
}

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Whether the program is our own: the same file, or another of its name, which may have been put in its place. */
static bool is_own_program(const char *program) {
    static const char deleted[] = " (deleted)";
    char own[PATH_MAX];
    struct stat ours;
    struct stat theirs;
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (program == NULL || length < 0) {
        return false;
    }
    own[length] = '\0';
    char *end = strstr(own, deleted);
    if (end != NULL && end[sizeof deleted - 1] == '\0') {
        *end = '\0';
    }
    return strcmp(last_part(program), last_part(own)) == 0
           || (stat("/proc/self/exe", &ours) == 0 && stat(program, &theirs) == 0 && ours.st_dev == theirs.st_dev
               && ours.st_ino == theirs.st_ino);
}

/* Whether length bytes at path name this library, whatever folder it is in. */
static bool is_library(const char *path, size_t length) {
    return length >= NAME_LENGTH && memcmp(path + length - NAME_LENGTH, NAME, NAME_LENGTH) == 0
           && (length == NAME_LENGTH || path[length - NAME_LENGTH - 1] == '/');
}

/* Writes `LD_PRELOAD=` and what old lists besides us, after us if wanted. Room: strlen(old) + PATH_MAX + 16. */
static void write_preload(char *to, const char *old, bool with_us) {
    memcpy(to, PRELOAD, PRELOAD_LENGTH);
    to += PRELOAD_LENGTH;
    bool first = true;
    if (with_us) {
        size_t length = strlen(library);
        memcpy(to, library, length);
        to += length;
        first = false;
    }
    while (*old != '\0') {
        size_t length = strcspn(old, ": ");
        if (length > 0 && !is_library(old, length)) {
            if (!first) {
                *to++ = ':';
            }
            memcpy(to, old, length);
            to += length;
            first = false;
        }
        old += length;
        old += *old != '\0';
    }
    *to = '\0';
}

static void unset(const char *variable) {
    size_t length = strcspn(variable, "=");
    char *name = alloca(length + 1);
    memcpy(name, variable, length);
    name[length] = '\0';
    unsetenv(name);
}

void exec_clean_environment(void) {
    int saved = errno;
    const char *old = getenv("LD_PRELOAD");
    if (old != NULL) {
        char *rest = alloca(strlen(old) + PRELOAD_LENGTH + 1);
        write_preload(rest, old, false);
        if (rest[PRELOAD_LENGTH] == '\0') {
            unsetenv("LD_PRELOAD");
        } else {
            setenv("LD_PRELOAD", rest + PRELOAD_LENGTH, 1);
        }
    }
    for (unsigned i = 0; i < settings()->carried_count; i++) {
        unset(settings()->carried[i]);
    }
    errno = saved;
}

static bool is_preload(const char *variable) {
    return strncmp(variable, PRELOAD, PRELOAD_LENGTH) == 0;
}

struct carried {
    bool with_us;
    size_t variables;     /* room for the environment, with the NULL */
    size_t preload_bytes; /* room for LD_PRELOAD */
    const char *preload;  /* its present value */
};

/* Whether the environment of program, NULL for that of a child, needs to change, and how much room that takes. */
static bool plan(const char *program, char *const environment[], struct carried *carried) {
    if (!state_seen()) {
        return false;
    }
    carried->with_us = listener_survives() || (release_is_own() && is_own_program(program));
    carried->preload = "";
    size_t count = 0;
    for (; environment != NULL && environment[count] != NULL; count++) {
        if (is_preload(environment[count])) {
            carried->preload = environment[count] + PRELOAD_LENGTH;
        }
    }
    carried->variables = count + settings()->carried_count + 2;
    carried->preload_bytes = strlen(carried->preload) + sizeof library + 16;
    return true;
}

static void fill(char *const environment[], const struct carried *carried, char **to, char *preload) {
    for (; environment != NULL && *environment != NULL; environment++) {
        if (!is_preload(*environment) && !settings_is_ours(*environment)) {
            *to++ = *environment;
        }
    }
    write_preload(preload, carried->preload, carried->with_us);
    if (preload[PRELOAD_LENGTH] != '\0') {
        *to++ = preload;
    }
    for (unsigned i = 0; carried->with_us && i < settings()->carried_count; i++) {
        *to++ = (char *)(uintptr_t)settings()->carried[i];
    }
    *to = NULL;
}

/* Replaces `environment` by what the new program gets. A macro, because the memory is the caller's stack. */
#define CARRY(program, environment)                                             \
    struct carried carried;                                                     \
    if (plan((program), (environment), &carried)) {                             \
        char **copy = alloca(carried.variables * sizeof *copy);                 \
        fill((environment), &carried, copy, alloca(carried.preload_bytes));     \
        (environment) = copy;                                                   \
    }

/* The arguments of execl() and its kin as an array on the stack; `last` is the first of them, already read. */
#define COLLECT(arguments, list, first)                                         \
    va_list counting;                                                           \
    va_copy(counting, list);                                                    \
    size_t count = 1;                                                           \
    for (const char *one = (first); one != NULL; one = va_arg(counting, char *)) { \
        count++;                                                                \
    }                                                                           \
    va_end(counting);                                                           \
    char **arguments = alloca(count * sizeof *arguments);                       \
    arguments[0] = (char *)(uintptr_t)(first);                                  \
    for (size_t i = 1; i < count; i++) {                                        \
        arguments[i] = va_arg(list, char *);                                    \
    }

int hook_execve(const char *path, char *const arguments[], char *const environment[]) HOOK(execve);
int hook_execv(const char *path, char *const arguments[]) HOOK(execv);
int hook_execvp(const char *file, char *const arguments[]) HOOK(execvp);
int hook_execvpe(const char *file, char *const arguments[], char *const environment[]) HOOK(execvpe);
int hook_fexecve(int fd, char *const arguments[], char *const environment[]) HOOK(fexecve);
int hook_execveat(int fd, const char *path, char *const arguments[], char *const environment[], int flags)
    HOOK(execveat);
int hook_execl(const char *path, const char *first, ...) HOOK(execl);
int hook_execle(const char *path, const char *first, ...) HOOK(execle);
int hook_execlp(const char *file, const char *first, ...) HOOK(execlp);
spawn_function hook_posix_spawn HOOK(posix_spawn);
spawn_function hook_posix_spawnp HOOK(posix_spawnp);

int hook_execve(const char *path, char *const arguments[], char *const environment[]) {
    CARRY(path, environment)
    return next()->execve(path, arguments, environment);
}

int hook_execv(const char *path, char *const arguments[]) {
    return hook_execve(path, arguments, environ);
}

int hook_execvpe(const char *file, char *const arguments[], char *const environment[]) {
    CARRY(file, environment)
    return next()->execvpe(file, arguments, environment);
}

int hook_execvp(const char *file, char *const arguments[]) {
    return hook_execvpe(file, arguments, environ);
}

int hook_fexecve(int fd, char *const arguments[], char *const environment[]) {
    CARRY(NULL, environment)
    return next()->fexecve(fd, arguments, environment);
}

int hook_execveat(int fd, const char *path, char *const arguments[], char *const environment[], int flags) {
    CARRY(NULL, environment)
    /* Not every C library has a function for it. */
    return (int)next()->syscall(SYS_execveat, fd, path, arguments, environment, flags);
}

int hook_execl(const char *path, const char *first, ...) {
    va_list list;
    va_start(list, first);
    COLLECT(arguments, list, first)
    va_end(list);
    return hook_execve(path, arguments, environ);
}

int hook_execlp(const char *file, const char *first, ...) {
    va_list list;
    va_start(list, first);
    COLLECT(arguments, list, first)
    va_end(list);
    return hook_execvpe(file, arguments, environ);
}

int hook_execle(const char *path, const char *first, ...) {
    va_list list;
    va_start(list, first);
    COLLECT(arguments, list, first)
    char *const *environment = va_arg(list, char *const *);
    va_end(list);
    return hook_execve(path, arguments, environment);
}

int hook_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                     const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    CARRY(NULL, environment)
    return next()->posix_spawn(pid, path, actions, attributes, arguments, environment);
}

int hook_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                      const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    CARRY(NULL, environment)
    return next()->posix_spawnp(pid, file, actions, attributes, arguments, environment);
}
