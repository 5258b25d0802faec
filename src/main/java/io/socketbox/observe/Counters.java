package io.socketbox.observe;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One value for each {@link Counter}, written by one thread (a dispatcher) and read by any.
 *
 * <p>An increment is a plain load and a release store: no locked instruction on the hot path.
 */
public final class Counters {
    private static final int CACHE_LINE = 64;
    private static final int COUNT = Counter.values().length;

    private final UnsafeBuffer values;

    /** All counters at 0, on cache lines of their own. */
    public Counters() {
        int length = (COUNT * Long.BYTES + 2 * CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
        values = new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, CACHE_LINE));
    }

    /**
     * Adds one. Only the owning thread may call this.
     *
     * @param counter which.
     */
    public void increment(Counter counter) {
        int offset = counter.offset();
        values.putLongRelease(offset, values.getLong(offset) + 1);
    }

    /**
     * Reads one counter, from any thread.
     *
     * @param counter which.
     * @return its value.
     */
    public long get(Counter counter) {
        return values.getLongAcquire(counter.offset());
    }
}
