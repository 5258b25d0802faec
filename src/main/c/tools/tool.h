/* What the small programs share. */
#ifndef SOCKETBOX_TOOL_H
#define SOCKETBOX_TOOL_H

#include <stdbool.h>

/* Exit codes: set-up errors and bad usage; a program that cannot be started, as shells say it. */
enum { EXIT_TROUBLE = 1, EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

/* Ends the program with `NAME: message` on standard error and the given status. With error, errno's text follows. */
_Noreturn void tool_fail(int status, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The descriptor that text names, which must be an open one. Ends the program if it is not. */
int tool_descriptor(const char *text);

#endif
