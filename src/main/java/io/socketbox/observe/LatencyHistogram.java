package io.socketbox.observe;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Durations of 1 ns to 18 minutes, in buckets no wider than a thirty-second of their value. Written by one thread (a
 * dispatcher), read by any through {@link #addTo}.
 *
 * <p>HdrHistogram's own recorders for several threads pay two locked instructions for each value, or a lock for each
 * reader; this one pays two loads and two release stores, and HdrHistogram does the rest on the reader's side.
 */
public final class LatencyHistogram {
    static final int BUCKETS;
    private static final int SUB_BUCKET_BITS = 5;
    private static final long MAX_NS = (1L << 40) - 1;
    private static final int CACHE_LINE = 64;
    private static final int SUM = 0;
    private static final int FIRST_BUCKET = CACHE_LINE;

    static {
        BUCKETS = bucketOf(MAX_NS + 1) + 1;
    }

    private final UnsafeBuffer values =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(FIRST_BUCKET + BUCKETS * Long.BYTES, CACHE_LINE));

    /** Empty. */
    public LatencyHistogram() {}

    /**
     * Adds one duration. Only the owning thread may call this.
     *
     * @param durationNs what is below 1 counts as 1, what is too long as the longest.
     */
    public void record(long durationNs) {
        long counted = Math.clamp(durationNs, 1, MAX_NS + 1);
        add(FIRST_BUCKET + bucketOf(counted) * Long.BYTES, 1);
        add(SUM, counted);
    }

    private void add(int offset, long amount) {
        values.putLongRelease(offset, values.getLong(offset) + amount);
    }

    /** Adds what was recorded so far to a snapshot; any thread. */
    void addTo(LatencySnapshot snapshot) {
        snapshot.addSum(values.getLongAcquire(SUM));
        for (int i = 0; i < BUCKETS; i++) {
            snapshot.add(i, values.getLongAcquire(FIRST_BUCKET + i * Long.BYTES));
        }
    }

    /** Bucket {@code i} counts the durations above {@code upperNs(i - 1)}, up to {@code upperNs(i)} and with it. */
    static int bucketOf(long durationNs) {
        long offset = durationNs - 1;
        int shift = Math.max(0, Long.SIZE - 1 - SUB_BUCKET_BITS - Long.numberOfLeadingZeros(offset));
        return (shift << SUB_BUCKET_BITS) + (int) (offset >>> shift);
    }

    /** The longest duration that a bucket counts. */
    static long upperNs(int bucket) {
        int shift = Math.max(0, (bucket >> SUB_BUCKET_BITS) - 1);
        long sub = bucket - ((long) shift << SUB_BUCKET_BITS);
        return (sub + 1) << shift;
    }
}
