#define _GNU_SOURCE
#include "proc.h"

#include "next.h"
#include "settings.h"

#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

bool lines_open(struct lines *lines, const char *path) {
    lines->filled = lines->at = 0;
    lines->fd = open(path, O_RDONLY | O_CLOEXEC);
    return lines->fd >= 0;
}

const char *lines_next(struct lines *lines) {
    size_t length = 0;
    while (true) {
        if (lines->at >= lines->filled) {
            lines->at = 0;
            lines->filled = read(lines->fd, lines->bytes, sizeof lines->bytes);
            if (lines->filled <= 0) {
                return NULL;
            }
        }
        char next_byte = lines->bytes[lines->at++];
        if (next_byte == '\n') {
            lines->line[length] = '\0';
            return lines->line;
        }
        if (length < sizeof lines->line - 1) {
            lines->line[length++] = next_byte;
        }
    }
}

bool numbers_open(struct numbers *numbers, const char *folder) {
    numbers->filled = numbers->at = 0;
    numbers->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return numbers->fd >= 0;
}

int numbers_next(struct numbers *numbers) {
    while (true) {
        if (numbers->at >= numbers->filled) {
            numbers->at = 0;
            numbers->filled = next()->syscall(SYS_getdents64, numbers->fd, &numbers->entries, PROC_BYTES);
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
