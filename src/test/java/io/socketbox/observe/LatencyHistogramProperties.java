package io.socketbox.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class LatencyHistogramProperties {
    private static final long LONGEST_NS = 1L << 40;

    @Property
    void aBucketHasWhatIsAboveTheOneBefore(@ForAll @LongRange(min = 1, max = LONGEST_NS) long durationNs) {
        int bucket = LatencyHistogram.bucketOf(durationNs);
        assertTrue(bucket < LatencyHistogram.BUCKETS);
        assertTrue(durationNs <= LatencyHistogram.upperNs(bucket));
        assertTrue(bucket == 0 || durationNs > LatencyHistogram.upperNs(bucket - 1));
        assertTrue(LatencyHistogram.upperNs(bucket) - durationNs <= durationNs / 32.0);
    }

    @Property
    void countsUpToPowersOfTwoAreExact(
            @ForAll @Size(max = 200) long[] raw, @ForAll @LongRange(min = 0, max = 40) long bits) {
        long[] durations =
                Arrays.stream(raw).map(ns -> Math.clamp(ns, 1, LONGEST_NS)).toArray();
        LatencyHistogram histogram = new LatencyHistogram();
        Arrays.stream(raw).forEach(histogram::record);
        LatencySnapshot snapshot = LatencySnapshot.of(List.of(histogram));
        assertEquals(Arrays.stream(durations).sum(), snapshot.sumNs());
        assertEquals(durations.length, snapshot.count());
        assertEquals(Arrays.stream(durations).filter(ns -> ns <= 1L << bits).count(), snapshot.countUpTo(1L << bits));
    }

    @Property
    void percentilesAreNotFarOff(@ForAll @Size(min = 1, max = 200) long[] raw) {
        LatencyHistogram histogram = new LatencyHistogram();
        Arrays.stream(raw).forEach(histogram::record);
        long[] sorted = Arrays.stream(raw)
                .map(ns -> Math.clamp(ns, 1, LONGEST_NS))
                .sorted()
                .toArray();
        long median = sorted[(sorted.length - 1) / 2];
        long found = LatencySnapshot.of(List.of(histogram)).histogram().getValueAtPercentile(50);
        assertTrue(found >= median && found <= median * 1.05 + 1, median + " " + found);
    }
}
