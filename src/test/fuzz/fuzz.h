/* What the fuzzers share. Each is linked with the whole library; libFuzzer gives bytes, and CHECK says what must hold. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                  \
        }                                                                             \
    } while (0)

/* The bytes of one input, taken from its front. */
struct input {
    const uint8_t *at;
    size_t left;
};

/* The next byte, or 0 when there is none. */
static inline unsigned next_byte(struct input *input) {
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->at++;
}

/* Fills bytes as far as the input reaches. */
static inline void next_bytes(struct input *input, void *bytes, size_t length) {
    size_t count = length < input->left ? length : input->left;
    if (count > 0) {
        memcpy(bytes, input->at, count);
        input->at += count;
        input->left -= count;
    }
}

/* libFuzzer calls it for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
