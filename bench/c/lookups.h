/* The file that bench/java writes for the lookup harnesses in C, all in host order: u64 PREFIXES, u64 ADDRESSES, then the
   upper 64 bits of each /64 prefix (its index is its value), then for each address its upper and its lower 64 bits. */
#ifndef SOCKETBOX_LOOKUPS_H
#define SOCKETBOX_LOOKUPS_H

#include "bench.h"

struct lookups {
    uint64_t prefixes, addresses;
    uint64_t *prefix;
    uint64_t *address; /* two for each: upper, lower */
};

static inline struct lookups read_lookups(const char *path) {
    struct lookups all;
    FILE *file = fopen(path, "r");
    if (file == NULL || fread(&all.prefixes, 8, 1, file) != 1 || fread(&all.addresses, 8, 1, file) != 1) {
        DIE(path);
    }
    all.prefix = malloc(8 * all.prefixes);
    all.address = malloc(16 * all.addresses);
    if (all.prefix == NULL || all.address == NULL || fread(all.prefix, 8, all.prefixes, file) != all.prefixes ||
        fread(all.address, 16, all.addresses, file) != all.addresses) {
        DIE(path);
    }
    fclose(file);
    return all;
}

enum { ROUNDS = 12, WARM_UP = 2 };

/* Prints the nanoseconds of one lookup, on average over several rounds with all addresses; LOOKUP is an expression of i.
   The sum keeps the compiler from leaving lookups out. */
#define TIME_LOOKUPS(all, LOOKUP)                                                                                      \
    do {                                                                                                               \
        int64_t start_ns = 0;                                                                                          \
        uint64_t sum = 0;                                                                                              \
        for (int round = 0; round < ROUNDS + WARM_UP; round++) {                                                       \
            if (round == WARM_UP) {                                                                                    \
                start_ns = now_ns();                                                                                   \
            }                                                                                                          \
            for (uint64_t i = 0; i < (all).addresses; i++) {                                                           \
                sum += (LOOKUP);                                                                                       \
            }                                                                                                          \
        }                                                                                                              \
        printf("ns %.3f sum %llu\n", (double)(now_ns() - start_ns) / ROUNDS / (double)(all).addresses,                 \
               (unsigned long long)sum);                                                                               \
    } while (0)

#endif
