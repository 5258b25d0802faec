package io.socketbox.observe;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What became of the connections that each rule of one table decided about, in one dispatcher. Rules without connections,
 * and outcomes that none of a rule's connections had, take no memory. Written by the dispatcher, read by any thread.
 */
final class RuleOutcomes {
    /** All dispatchers together; a million rules whose connections all waited and were closed for a reason take half. */
    private static final long MOST_BYTES = 64 << 20;

    /** Who is told of counts. */
    @FunctionalInterface
    interface Reader {
        void onCount(int rule, int kind, long count);
    }

    private final int rules;
    private final long mostChunks;
    /** By kind, which is a counter's {@link Counter#index} or {@link RuleTotals#PENDING}; null until it is needed. */
    private final AtomicReferenceArray<SparseCounts> kinds = new AtomicReferenceArray<>(RuleTotals.KINDS);

    private long chunks;

    /**
     * All 0.
     *
     * @param rules how many there are.
     * @param dispatchers how many share the memory that there is for counts; what would take more is not counted.
     */
    RuleOutcomes(int rules, int dispatchers) {
        this.rules = rules;
        this.mostChunks = MOST_BYTES / dispatchers / SparseCounts.CHUNK_BYTES;
    }

    /**
     * Changes a count. Dispatcher only.
     *
     * @param rule its number; for one that is out of range, as -1 for none, nothing is counted.
     * @return false when there is no memory left for it; which then stays so.
     */
    boolean add(int rule, int kind, long change) {
        if (Integer.compareUnsigned(rule, rules) >= 0) {
            return true;
        }
        SparseCounts counts = kinds.getPlain(kind);
        if (counts == null || !counts.holds(rule)) {
            if (chunks == mostChunks) {
                return false;
            }
            chunks++;
            if (counts == null) {
                counts = new SparseCounts(rules);
                kinds.setRelease(kind, counts);
            }
        }
        counts.add(rule, change);
        return true;
    }

    /** Tells of every count that is not 0. */
    void forEach(Reader reader) {
        for (int i = 0; i < kinds.length(); i++) {
            SparseCounts counts = kinds.getAcquire(i);
            int kind = i;
            if (counts != null) {
                counts.forEach((rule, count) -> reader.onCount(rule, kind, count));
            }
        }
    }
}
