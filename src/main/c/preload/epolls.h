/*
 * The epoll sets of this process in which a descriptor is. epoll(7) knows the open file behind a number: when another
 * one is put there, the old one would stay in the sets, or silently leave them with its last descriptor.
 */
#ifndef SOCKETBOX_EPOLLS_H
#define SOCKETBOX_EPOLLS_H

#include <sys/epoll.h>

enum { EPOLLS_SETS = 8 };

struct epolls {
    int count;
    struct {
        int set;
        struct epoll_event event;
    } sets[EPOLLS_SETS];
};

/* Takes fd out of the sets of this process, up to EPOLLS_SETS of them, and notes what was asked for in each. */
void epolls_leave(int fd, struct epolls *left);

/* Puts fd, whatever it is now, into the sets that it has left. Neither of the two allocates or changes errno. */
void epolls_return(int fd, const struct epolls *left);

#endif
