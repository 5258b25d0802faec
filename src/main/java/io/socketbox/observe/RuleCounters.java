package io.socketbox.observe;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * How many connections each rule of one table decided about, in one dispatcher: 8 bytes a rule, outside the heap until
 * {@link #close}. And what became of them. Written by the dispatcher, read by any thread.
 */
public final class RuleCounters implements AutoCloseable {
    /** Of a table without rules, or when nobody wants to know. */
    public static final RuleCounters NONE = new RuleCounters(0, rule -> 0, 1);

    private final ByteBuffer memory;
    private final UnsafeBuffer counts;
    private final RuleOutcomes outcomes;
    private final IntUnaryOperator lineOf;
    private final int rules;
    private boolean closed;

    /**
     * All 0.
     *
     * @param rules how many there are.
     * @param lineOf the line of the configuration where a rule stands; any thread may ask.
     * @param dispatchers how many have such counters, and share what {@link RuleOutcomes} may take.
     */
    public RuleCounters(int rules, IntUnaryOperator lineOf, int dispatchers) {
        this.rules = rules;
        this.lineOf = lineOf;
        // More than 2 GiB would be 268 million rules, which no table holds.
        memory = ByteBuffer.allocateDirect(rules * Long.BYTES);
        counts = new UnsafeBuffer(memory);
        outcomes = new RuleOutcomes(rules, dispatchers);
    }

    /**
     * A rule decided about a connection. Only the dispatcher may call this.
     *
     * @param rule its number; one that is out of range, as -1 for none, counts nothing.
     */
    public void hit(int rule) {
        if (Integer.compareUnsigned(rule, rules) < 0) {
            int offset = rule * Long.BYTES;
            counts.putLongRelease(offset, counts.getLong(offset) + 1);
        }
    }

    /** What became of the connections; the dispatcher's. */
    RuleOutcomes outcomes() {
        return outcomes;
    }

    /** Adds the count of every rule that decided at all to that of its line; nothing once this is closed. */
    public synchronized void addTo(Map<Integer, Long> byLine) {
        if (closed) {
            return;
        }
        for (int rule = 0; rule < rules; rule++) {
            long count = counts.getLongAcquire(rule * Long.BYTES);
            if (count > 0) {
                byLine.merge(lineOf.applyAsInt(rule), count, Long::sum);
            }
        }
    }

    /** Adds what became of the connections of every rule whose line is among these; nothing once this is closed. */
    synchronized void addOutcomesTo(Map<Integer, RuleTotals> byLine) {
        if (!closed) {
            outcomes.forEach((rule, kind, count) -> {
                RuleTotals totals = byLine.get(lineOf.applyAsInt(rule));
                if (totals != null) {
                    totals.add(kind, count);
                }
            });
        }
    }

    /**
     * Gives back the memory; any thread. The dispatcher follows another table by now, and the lines of this one are not
     * asked for any more. A second call does nothing.
     */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            BufferUtil.free(memory);
        }
    }
}
