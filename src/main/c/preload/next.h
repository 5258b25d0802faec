/*
 * The functions of the C library that this one stands in front of.
 *
 * Everything else in this library calls them through next()->, never by name: by name they would reach our own.
 */
#ifndef SOCKETBOX_NEXT_H
#define SOCKETBOX_NEXT_H

#include <spawn.h>
#include <sys/socket.h>

/* Defines one of ours under the name that programs call; C names of our own keep clear of libc's prototypes. */
#define HOOK(name) __asm__(#name) __attribute__((visibility("default")))

typedef int spawn_function(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                           char *const[], char *const[]);

struct next {
    int (*bind)(int, const struct sockaddr *, socklen_t);
    int (*connect)(int, const struct sockaddr *, socklen_t);
    int (*listen)(int, int);
    int (*accept4)(int, struct sockaddr *, socklen_t *, int);
    int (*getsockname)(int, struct sockaddr *, socklen_t *);
    int (*getpeername)(int, struct sockaddr *, socklen_t *);
    int (*getsockopt)(int, int, int, void *, socklen_t *);
    int (*setsockopt)(int, int, int, const void *, socklen_t);
    int (*shutdown)(int, int);
    int (*close)(int);
    int (*dup2)(int, int);
    int (*dup3)(int, int, int);
    void (*closefrom)(int);
    void (*exit_now)(int);
    int (*execve)(const char *, char *const[], char *const[]);
    int (*execvpe)(const char *, char *const[], char *const[]);
    int (*fexecve)(int, char *const[], char *const[]);
    spawn_function *posix_spawn;
    spawn_function *posix_spawnp;
    long (*syscall)(long, ...);
};

/* The table, filled by the first call: the constructor's, or that of a library whose constructor runs before ours. */
const struct next *next(void);

#endif
