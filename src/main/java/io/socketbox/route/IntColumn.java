package io.socketbox.route;

/** One int for each rule, without an object for each: growing, zero where nothing was put. */
final class IntColumn {
    private final Chunks values;

    IntColumn(OffHeap memory) {
        values = new Chunks(memory);
    }

    int get(int index) {
        long at = (long) index << 2;
        return at < values.capacity() ? values.getInt(at) : 0;
    }

    void put(int index, int value) {
        long at = (long) index << 2;
        if (at >= values.capacity()) {
            if (value == 0) {
                return;
            }
            values.reserve(at + 4);
        }
        values.putInt(at, value);
    }
}
