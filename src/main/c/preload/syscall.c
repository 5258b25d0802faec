/* syscall(2), the wrapper: some programs call accept4() and others through it. */
#define _GNU_SOURCE
#include "next.h"

#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

long hook_syscall(long number, ...) HOOK(syscall);

/* Not every C library has these. */
int hook_close_range(unsigned first, unsigned last, int flags) HOOK(close_range);
int hook_execveat(int fd, const char *path, char *const arguments[], char *const environment[], int flags)
    HOOK(execveat);

long hook_syscall(long number, ...) {
    long a[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++) {
        a[i] = va_arg(list, long); /* Beyond those that were passed there is something, which no call looks at. */
    }
    va_end(list);
    switch (number) {
    /* By name: these reach our own functions. */
    case SYS_bind:
        return bind((int)a[0], (struct sockaddr *)a[1], (socklen_t)a[2]);
    case SYS_connect:
        return connect((int)a[0], (struct sockaddr *)a[1], (socklen_t)a[2]);
    case SYS_listen:
        return listen((int)a[0], (int)a[1]);
#ifdef SYS_accept
    case SYS_accept:
        return accept((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2]);
#endif
    case SYS_accept4:
        return accept4((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2], (int)a[3]);
    case SYS_getsockname:
        return getsockname((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2]);
    case SYS_getpeername:
        return getpeername((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2]);
    case SYS_getsockopt:
        return getsockopt((int)a[0], (int)a[1], (int)a[2], (void *)a[3], (socklen_t *)a[4]);
    case SYS_setsockopt:
        return setsockopt((int)a[0], (int)a[1], (int)a[2], (void *)a[3], (socklen_t)a[4]);
    case SYS_shutdown:
        return shutdown((int)a[0], (int)a[1]);
    case SYS_close:
        return close((int)a[0]);
#ifdef SYS_dup2
    case SYS_dup2:
        return dup2((int)a[0], (int)a[1]);
#endif
    case SYS_dup3:
        return dup3((int)a[0], (int)a[1], (int)a[2]);
    case SYS_close_range:
        return hook_close_range((unsigned)a[0], (unsigned)a[1], (int)a[2]);
    case SYS_execveat:
        return hook_execveat((int)a[0], (char *)a[1], (char **)a[2], (char **)a[3], (int)a[4]);
    case SYS_execve:
        return execve((char *)a[0], (char **)a[1], (char **)a[2]);
    default:
        return next()->syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
}
