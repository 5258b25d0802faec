package io.socketbox.route;

import org.agrona.concurrent.UnsafeBuffer;

/** The growing buffer of a table under construction. */
final class TableWriter {
    private static final int CACHE_LINE = 64;
    /** Offsets are ints and arrays have fewer elements. */
    private static final int MAX_SIZE = Integer.MAX_VALUE - CACHE_LINE;

    private final Chunks bytes;
    private int size = CACHE_LINE;

    TableWriter(OffHeap memory) {
        bytes = new Chunks(memory);
    }

    /** The offset of so many bytes of zeros; never 0. */
    int allocate(int length, int alignment) {
        long start = ((long) size + alignment - 1) & -alignment;
        long end = start + length;
        if (end > MAX_SIZE) {
            throw new TableTooLargeException("the compiled rules need more than 2 GiB");
        }
        bytes.reserve(end);
        size = (int) end;
        return (int) start;
    }

    int getInt(int offset) {
        return bytes.getInt(offset);
    }

    void putInt(int offset, int value) {
        bytes.putInt(offset, value);
    }

    void putLong(int offset, long value) {
        bytes.putLong(offset, value);
    }

    /** What was written, in one piece, with nodes on cache lines. */
    UnsafeBuffer finish(OffHeap memory) {
        UnsafeBuffer table = memory.allocateAligned((size + CACHE_LINE - 1) & -CACHE_LINE, CACHE_LINE);
        bytes.reserve(size);
        bytes.copyTo(table, size);
        return table;
    }
}
