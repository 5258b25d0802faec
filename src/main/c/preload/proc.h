/* Files and folders of proc(5), read without malloc(). */
#ifndef SOCKETBOX_PROC_H
#define SOCKETBOX_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROC_BYTES = 4096, PROC_LINE_BYTES = 256 };

/* A file of lines. Of a line that is too long, the rest is cut off. */
struct lines {
    int fd; /* the caller closes it */
    ssize_t filled;
    ssize_t at;
    char bytes[PROC_BYTES];
    char line[PROC_LINE_BYTES];
};

bool lines_open(struct lines *lines, const char *path);

/* The next line, without its end and valid until the next call, or NULL behind the last. */
const char *lines_next(struct lines *lines);

/* What getdents64(2) fills in. */
struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/* A folder whose names are numbers. */
struct numbers {
    int fd; /* the caller closes it */
    long filled;
    long at;
    union {
        struct entry align;
        char bytes[PROC_BYTES];
    } entries;
};

bool numbers_open(struct numbers *numbers, const char *folder);

/* The next number, or -1 at the end. */
int numbers_next(struct numbers *numbers);

#endif
