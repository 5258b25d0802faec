package io.socketbox.route;

/** Pairs of a prefix (up to 128 bits) and a rule id, to be sorted: shorter prefixes before the longer ones they cover. */
final class PrefixItems {
    private final OffHeap memory;
    private final LongColumn hi;
    private final LongColumn lo;
    private final IntColumn length;
    private final IntColumn rule;
    private int size;
    private boolean sorted = true;
    private IntColumn order;

    PrefixItems(OffHeap memory) {
        this.memory = memory;
        hi = new LongColumn(memory);
        lo = new LongColumn(memory);
        length = new IntColumn(memory);
        rule = new IntColumn(memory);
        order = new IntColumn(memory);
    }

    void add(long prefixHi, long prefixLo, int prefixLength, int ruleId) {
        hi.put(size, prefixHi);
        lo.put(size, prefixLo);
        length.put(size, prefixLength);
        rule.put(size, ruleId);
        sorted = sorted && (size == 0 || compare(size - 1, size) <= 0);
        size++;
    }

    int size() {
        return size;
    }

    /** After this the indexes of the getters are places in the order. */
    void sort() {
        for (int i = 0; i < size; i++) {
            order.put(i, i);
        }
        if (!sorted) {
            mergeSort();
        }
    }

    long hi(int place) {
        return hi.get(order.get(place));
    }

    long lo(int place) {
        return lo.get(order.get(place));
    }

    int length(int place) {
        return length.get(order.get(place));
    }

    int rule(int place) {
        return rule.get(order.get(place));
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
        int byHi = Long.compareUnsigned(hi.get(a), hi.get(b));
        if (byHi != 0) {
            return byHi;
        }
        int byLo = Long.compareUnsigned(lo.get(a), lo.get(b));
        if (byLo != 0) {
            return byLo;
        }
        int byLength = length.get(a) - length.get(b);
        return byLength != 0 ? byLength : Integer.compare(rule.get(a), rule.get(b));
    }

    private void mergeSort() {
        IntColumn from = order;
        IntColumn to = new IntColumn(memory);
        for (int width = 1; width < size && width > 0; width *= 2) {
            for (int start = 0; start < size; start += 2 * width) {
                int middle = Math.min(size, start + width);
                merge(from, to, start, middle, Math.min(size, middle + width));
            }
            IntColumn swap = from;
            from = to;
            to = swap;
        }
        order = from;
    }

    private void merge(IntColumn from, IntColumn to, int start, int middle, int end) {
        int left = start;
        int right = middle;
        for (int at = start; at < end; at++) {
            if (right == end || (left < middle && compare(from.get(left), from.get(right)) <= 0)) {
                to.put(at, from.get(left++));
            } else {
                to.put(at, from.get(right++));
            }
        }
    }
}
