/* fib6 FILE: looks every address up, one at a time, in the IPv6 forwarding table of DPDK (rte_fib6, trie). */
#include "lookups.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_fib6.h>
#include <rte_memory.h>

static void bytes_of(uint64_t hi, uint64_t lo, uint8_t *address) {
    for (int i = 0; i < 8; i++) {
        address[i] = (uint8_t)(hi >> (56 - 8 * i));
        address[8 + i] = (uint8_t)(lo >> (56 - 8 * i));
    }
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: fib6 FILE\n", stderr);
        return 1;
    }
    char *options[] = {argv[0], "--no-huge", "--no-pci", "-m", "2048", "--no-shconf", "--no-telemetry"};
    if (rte_eal_init(sizeof options / sizeof *options, options) < 0) {
        fprintf(stderr, "rte_eal_init: %s\n", rte_strerror(rte_errno));
        return 1;
    }
    struct lookups all = read_lookups(argv[1]);
    struct rte_fib6_conf conf = {
        .type = RTE_FIB6_TRIE,
        .default_nh = 0,
        .max_routes = (int)all.prefixes + 1,
        .trie = {.nh_sz = RTE_FIB6_TRIE_4B, .num_tbl8 = 1 << 20},
    };
    struct rte_fib6 *fib = rte_fib6_create("bench", SOCKET_ID_ANY, &conf);
    if (fib == NULL) {
        fprintf(stderr, "rte_fib6_create: %s\n", rte_strerror(rte_errno));
        return 1;
    }
    for (uint64_t i = 0; i < all.prefixes; i++) {
        uint8_t prefix[16];
        bytes_of(all.prefix[i], 0, prefix);
        int result = rte_fib6_add(fib, prefix, 64, i % 1000 + 1);
        if (result < 0) {
            fprintf(stderr, "rte_fib6_add: %s\n", rte_strerror(-result));
            return 1;
        }
    }
    uint8_t(*addresses)[16] = malloc(16 * all.addresses);
    for (uint64_t i = 0; i < all.addresses; i++) {
        bytes_of(all.address[2 * i], all.address[2 * i + 1], addresses[i]);
    }
    uint64_t next_hop;
    TIME_LOOKUPS(all, (rte_fib6_lookup_bulk(fib, &addresses[i], &next_hop, 1), next_hop));
    return 0;
}
