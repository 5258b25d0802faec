package io.socketbox.route;

/** Like {@link IntColumn}, of longs. */
final class LongColumn {
    private final Chunks values;

    LongColumn(OffHeap memory) {
        values = new Chunks(memory);
    }

    long get(int index) {
        long at = (long) index << 3;
        return at < values.capacity() ? values.getLong(at) : 0;
    }

    void put(int index, long value) {
        long at = (long) index << 3;
        if (at >= values.capacity()) {
            if (value == 0) {
                return;
            }
            values.reserve(at + 8);
        }
        values.putLong(at, value);
    }
}
