/* Loaded into the server by LD_PRELOAD: lets system calls fail as the kernel may, and sets the wall clock.

   FAULT_CALLS is a list of CALL=ERRNO:EVERY, such as sendmsg=105:7,accept4=4:5: every seventh sendmsg(2) with a
   descriptor fails with ENOBUFS, every fifth accept4(2) with EINTR. With FAULT_CLOCK, CLOCK_REALTIME jumps back and
   forth by so many seconds, once in a hundred readings. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

struct fault {
    const char *call;
    int error;
    unsigned long every;
    atomic_ulong calls;
};

static struct fault sendmsg_fault = {.call = "sendmsg"}, accept_fault = {.call = "accept4"},
                    epoll_fault = {.call = "epoll_wait"};
static long clock_step;
static atomic_ulong readings;

static void configure(struct fault *fault, const char *list) {
    size_t length = strlen(fault->call);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, fault->call, length) == 0 && at[length] == '=') {
            char *colon;
            fault->error = (int)strtol(at + length + 1, &colon, 10);
            fault->every = strtoul(colon + 1, NULL, 10);
        }
    }
}

__attribute__((constructor)) static void start(void) {
    configure(&sendmsg_fault, getenv("FAULT_CALLS"));
    configure(&accept_fault, getenv("FAULT_CALLS"));
    configure(&epoll_fault, getenv("FAULT_CALLS"));
    const char *step = getenv("FAULT_CLOCK");
    clock_step = step == NULL ? 0 : atol(step);
}

/* Whether this call is to fail; sets errno then. */
static int fails(struct fault *fault) {
    if (fault->every == 0 || (atomic_fetch_add(&fault->calls, 1) + 1) % fault->every != 0) {
        return 0;
    }
    errno = fault->error;
    return 1;
}

/* The C library's own function. Its lookup cannot be RTLD_NEXT's, because dlsym(3) is one of those that stand here. */
static void *real(const char *name) {
    static void *(*look_up)(void *, const char *);
    static void *library;
    if (look_up == NULL) {
        library = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
        void *found = dlvsym(library, "dlsym", "GLIBC_2.34");
        look_up = (void *(*)(void *, const char *))found;
    }
    return look_up(library, name);
}

#define REAL(type, name, ...) type (*call)(__VA_ARGS__) = (type(*)(__VA_ARGS__))real(name);

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    REAL(ssize_t, "sendmsg", int, const struct msghdr *, int)
    return message->msg_controllen > 0 && fails(&sendmsg_fault) ? -1 : call(fd, message, flags);
}

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
    REAL(int, "accept4", int, struct sockaddr *, socklen_t *, int)
    return fails(&accept_fault) ? -1 : call(fd, address, length, flags);
}

int epoll_wait(int fd, struct epoll_event *events, int most, int timeout) {
    REAL(int, "epoll_wait", int, struct epoll_event *, int, int)
    return fails(&epoll_fault) ? -1 : call(fd, events, most, timeout);
}

static long offset(void) {
    return clock_step != 0 && atomic_fetch_add(&readings, 1) / 100 % 2 == 1 ? clock_step : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *)
    int result = call(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME) {
        now->tv_sec += offset();
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    REAL(int, "gettimeofday", struct timeval *restrict, void *restrict)
    int result = call(now, zone);
    if (result == 0) {
        now->tv_sec += offset();
    }
    return result;
}

/* The virtual machine looks functions up in the C library alone, and would pass these by. */
void *dlsym(void *restrict handle, const char *restrict name) {
    static const struct {
        const char *name;
        void *function;
    } ours[] = {{"sendmsg", (void *)sendmsg}, {"accept4", (void *)accept4}, {"epoll_wait", (void *)epoll_wait}};
    for (unsigned i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (strcmp(ours[i].name, name) == 0) {
            return ours[i].function;
        }
    }
    REAL(void *, "dlsym", void *, const char *)
    return call(handle, name);
}
