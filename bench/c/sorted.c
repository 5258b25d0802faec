/* sorted FILE: looks every address up in a sorted array of prefixes by binary search, as the original does in its maps. */
#include "lookups.h"

static struct lookups all;
static uint64_t *sorted;

static int ascending(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static uint64_t find(uint64_t key) {
    uint64_t low = 0, high = all.prefixes;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (sorted[middle] < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < all.prefixes && sorted[low] == key ? low : 0;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: sorted FILE\n", stderr);
        return 1;
    }
    all = read_lookups(argv[1]);
    sorted = malloc(8 * all.prefixes);
    memcpy(sorted, all.prefix, 8 * all.prefixes);
    qsort(sorted, all.prefixes, 8, ascending);
    TIME_LOOKUPS(all, find(all.address[2 * i]));
    return 0;
}
