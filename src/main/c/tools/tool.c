#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void tool_fail(int status, int error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (error != 0) {
#ifdef __GLIBC__
        fprintf(stderr, ": %s (%s)", strerrorname_np(error), strerror(error));
#else
        fprintf(stderr, ": errno %d (%s)", error, strerror(error));
#endif
    }
    fputc('\n', stderr);
    exit(status);
}

int tool_descriptor(const char *text) {
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < 0 || number > INT_MAX) {
        tool_fail(EXIT_TROUBLE, 0, "%s: not a descriptor number", text);
    }
    if (fcntl((int)number, F_GETFD) < 0) {
        tool_fail(EXIT_TROUBLE, errno, "descriptor %ld; open it in the shell, for example by %ld<>FILE", number,
                  number);
    }
    return (int)number;
}
