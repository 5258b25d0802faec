package io.socketbox.config;

import io.socketbox.route.PortSets;
import java.util.Arrays;

/** Ports as sorted ranges that do not overlap: pairs of first and last. Immutable. */
final class PortRanges {
    private final int[] bounds;

    private PortRanges(int[] bounds) {
        this.bounds = bounds;
    }

    /** One of the model's sets. */
    static PortRanges of(PortSets sets, int id) {
        int[] bounds = new int[2 * sets.count(id)];
        for (int i = 0; i < sets.count(id); i++) {
            bounds[2 * i] = sets.first(id, i);
            bounds[2 * i + 1] = sets.last(id, i);
        }
        return new PortRanges(bounds);
    }

    boolean isEmpty() {
        return bounds.length == 0;
    }

    int lowest() {
        return bounds[0];
    }

    PortRanges intersect(PortRanges other) {
        int[] common = new int[bounds.length + other.bounds.length];
        int size = 0;
        for (int i = 0, j = 0; i < bounds.length && j < other.bounds.length; ) {
            int first = Math.max(bounds[i], other.bounds[j]);
            int last = Math.min(bounds[i + 1], other.bounds[j + 1]);
            if (first <= last) {
                common[size++] = first;
                common[size++] = last;
            }
            if (bounds[i + 1] < other.bounds[j + 1]) {
                i += 2;
            } else {
                j += 2;
            }
        }
        return new PortRanges(Arrays.copyOf(common, size));
    }

    PortRanges subtract(PortRanges other) {
        int[] complement = new int[other.bounds.length + 2];
        int size = 0;
        int next = 0;
        for (int i = 0; i < other.bounds.length; i += 2) {
            if (other.bounds[i] > next) {
                complement[size++] = next;
                complement[size++] = other.bounds[i] - 1;
            }
            next = other.bounds[i + 1] + 1;
        }
        if (next <= ValueReader.MAX_PORT) {
            complement[size++] = next;
            complement[size++] = ValueReader.MAX_PORT;
        }
        return intersect(new PortRanges(Arrays.copyOf(complement, size)));
    }
}
