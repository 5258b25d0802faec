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
    private static final int PENDING = COUNT * Long.BYTES;

    private final UnsafeBuffer values;

    private Counters(UnsafeBuffer values) {
        this.values = values;
    }

    /** All counters at 0, on cache lines of their own. */
    public Counters() {
        int length = (PENDING + Long.BYTES + 2 * CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
        values = new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, CACHE_LINE));
    }

    /** All counters at 0, small, for where there are thousands of them. */
    static Counters compact() {
        return new Counters(new UnsafeBuffer(new byte[PENDING + Long.BYTES]));
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

    /**
     * One connection more waits, or fewer. Only the owning thread may call this.
     *
     * @param change 1 or -1.
     */
    public void pending(int change) {
        values.putLongRelease(PENDING, values.getLong(PENDING) + change);
    }

    /**
     * How many connections wait, from any thread.
     *
     * @return {@link #pending(int)} summed up.
     */
    public long pending() {
        return values.getLongAcquire(PENDING);
    }
}
