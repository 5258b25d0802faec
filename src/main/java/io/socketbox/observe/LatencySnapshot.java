package io.socketbox.observe;

import org.HdrHistogram.Histogram;

/** What {@link LatencyHistogram}s held at a moment; may be added up and subtracted. One thread. */
public final class LatencySnapshot {
    private static final int SIGNIFICANT_DIGITS = 2;

    private final long[] counts = new long[LatencyHistogram.BUCKETS];
    private long sumNs;

    /** Of histograms, together. */
    public static LatencySnapshot of(Iterable<LatencyHistogram> histograms) {
        LatencySnapshot snapshot = new LatencySnapshot();
        histograms.forEach(histogram -> histogram.addTo(snapshot));
        return snapshot;
    }

    void add(int bucket, long count) {
        counts[bucket] += count;
    }

    void addSum(long ns) {
        sumNs += ns;
    }

    /** What was recorded after an earlier snapshot of the same histograms. */
    public LatencySnapshot since(LatencySnapshot earlier) {
        LatencySnapshot difference = new LatencySnapshot();
        difference.sumNs = sumNs - earlier.sumNs;
        for (int i = 0; i < counts.length; i++) {
            difference.counts[i] = counts[i] - earlier.counts[i];
        }
        return difference;
    }

    /** How many durations. */
    public long count() {
        return countUpTo(Long.MAX_VALUE);
    }

    /** How many durations of at most so much; exact for powers of two. */
    public long countUpTo(long durationNs) {
        long count = 0;
        for (int i = 0; i < counts.length && LatencyHistogram.upperNs(i) <= durationNs; i++) {
            count += counts[i];
        }
        return count;
    }

    /** All durations added up. */
    public long sumNs() {
        return sumNs;
    }

    /** The same as HdrHistogram has it, for percentiles; values are nanoseconds. */
    public Histogram histogram() {
        Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                histogram.recordValueWithCount(LatencyHistogram.upperNs(i), counts[i]);
            }
        }
        return histogram;
    }
}
