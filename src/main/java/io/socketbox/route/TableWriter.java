package io.socketbox.route;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** The growing buffer of a table under construction. */
final class TableWriter {
    private static final int CACHE_LINE = 64;
    /** Offsets are ints and arrays have fewer elements. */
    private static final int MAX_SIZE = Integer.MAX_VALUE - CACHE_LINE;

    private byte[] bytes;
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private int size = CACHE_LINE;

    TableWriter(int expectedSize) {
        bytes = new byte[expectedSize + CACHE_LINE];
        buffer.wrap(bytes);
    }

    /** The offset of so many bytes of zeros; never 0. */
    int allocate(int length, int alignment) {
        long start = ((long) size + alignment - 1) & -alignment;
        long end = start + length;
        if (end > bytes.length) {
            if (end > MAX_SIZE) {
                throw new TableTooLargeException("the compiled rules need more than 2 GiB");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_SIZE, Math.max(end, bytes.length * 3L / 2)));
            buffer.wrap(bytes);
        }
        size = (int) end;
        return (int) start;
    }

    void putInt(int offset, int value) {
        buffer.putInt(offset, value);
    }

    void putLong(int offset, long value) {
        buffer.putLong(offset, value);
    }

    /** What was written, outside the Java heap, so that nodes lie on cache lines and the collector never moves them. */
    UnsafeBuffer finish() {
        ByteBuffer direct = BufferUtil.allocateDirectAligned((size + CACHE_LINE - 1) & -CACHE_LINE, CACHE_LINE);
        direct.put(0, bytes, 0, size);
        bytes = new byte[0];
        return new UnsafeBuffer(direct);
    }
}
