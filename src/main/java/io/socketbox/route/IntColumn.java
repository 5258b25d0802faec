package io.socketbox.route;

import java.util.Arrays;

/** One int for each rule, without an object for each: growing, zero where nothing was put. */
final class IntColumn {
    private static final int FIRST_CAPACITY = 16;
    private int[] values = new int[0];

    int get(int index) {
        return index < values.length ? values[index] : 0;
    }

    void put(int index, int value) {
        if (index >= values.length) {
            if (value == 0) {
                return;
            }
            values = Arrays.copyOf(values, grown(index));
        }
        values[index] = value;
    }

    /** A capacity that holds the index and keeps the number of copies logarithmic. */
    static int grown(int index) {
        return Math.max(FIRST_CAPACITY, Math.max(index + 1, (int) Math.min(Integer.MAX_VALUE - 8, index * 3L / 2)));
    }
}
