package io.socketbox.route;

/** Pairs of a prefix (up to 128 bits) and a rule id, to be sorted: shorter prefixes before the longer ones they cover. */
final class PrefixItems {
    private final long[] hi;
    private final long[] lo;
    private final byte[] length;
    private final int[] rule;
    private int size;
    private boolean sorted = true;
    private int[] order;

    PrefixItems(int capacity) {
        hi = new long[capacity];
        lo = new long[capacity];
        length = new byte[capacity];
        rule = new int[capacity];
    }

    void add(long prefixHi, long prefixLo, int prefixLength, int ruleId) {
        hi[size] = prefixHi;
        lo[size] = prefixLo;
        length[size] = (byte) prefixLength;
        rule[size] = ruleId;
        sorted = sorted && (size == 0 || compare(size - 1, size) <= 0);
        size++;
    }

    int size() {
        return size;
    }

    /** After this the indexes of the getters are places in the order. */
    void sort() {
        order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        if (!sorted) {
            mergeSort();
        }
    }

    long hi(int place) {
        return hi[order[place]];
    }

    long lo(int place) {
        return lo[order[place]];
    }

    int length(int place) {
        return length[order[place]] & 0xff;
    }

    int rule(int place) {
        return rule[order[place]];
    }

    boolean samePrefix(int place, int other) {
        return hi(place) == hi(other) && lo(place) == lo(other) && length(place) == length(other);
    }

    /** Whether the prefix at one place covers the one at another. */
    boolean covers(int place, int other) {
        int bits = length(place);
        return bits <= length(other)
                && (bits == 0 || Bits.samePrefix(hi(place), lo(place), hi(other), lo(other), bits));
    }

    private int compare(int a, int b) {
        int byHi = Long.compareUnsigned(hi[a], hi[b]);
        if (byHi != 0) {
            return byHi;
        }
        int byLo = Long.compareUnsigned(lo[a], lo[b]);
        if (byLo != 0) {
            return byLo;
        }
        int byLength = (length[a] & 0xff) - (length[b] & 0xff);
        return byLength != 0 ? byLength : Integer.compare(rule[a], rule[b]);
    }

    private void mergeSort() {
        int[] from = order;
        int[] to = new int[size];
        for (int width = 1; width < size && width > 0; width *= 2) {
            for (int start = 0; start < size; start += 2 * width) {
                int middle = Math.min(size, start + width);
                merge(from, to, start, middle, Math.min(size, middle + width));
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        order = from;
    }

    private void merge(int[] from, int[] to, int start, int middle, int end) {
        int left = start;
        int right = middle;
        for (int at = start; at < end; at++) {
            if (right == end || (left < middle && compare(from[left], from[right]) <= 0)) {
                to[at] = from[left++];
            } else {
                to[at] = from[right++];
            }
        }
    }
}
