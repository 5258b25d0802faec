package io.socketbox.route;

import java.util.Arrays;

/** Like {@link IntColumn}, of longs. */
final class LongColumn {
    private long[] values = new long[0];

    long get(int index) {
        return index < values.length ? values[index] : 0;
    }

    void put(int index, long value) {
        if (index >= values.length) {
            if (value == 0) {
                return;
            }
            values = Arrays.copyOf(values, IntColumn.grown(index));
        }
        values[index] = value;
    }
}
