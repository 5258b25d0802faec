package io.socketbox.observe;

/** What became of the connections that the rules on one line of the configuration decided about. One thread. */
public final class RuleTotals {
    /** A kind of count: how many wait. Other kinds are those of {@link Counter#index}. */
    static final int PENDING = Counter.values().length;

    /** How many kinds of count there are. */
    static final int KINDS = PENDING + 1;

    private final int line;
    private final long connections;
    private final long[] counts = new long[KINDS];

    /**
     * Nothing became of them yet.
     *
     * @param line from 1.
     * @param connections that the rules decided about.
     */
    RuleTotals(int line, long connections) {
        this.line = line;
        this.connections = connections;
    }

    void add(int kind, long count) {
        counts[kind] += count;
    }

    /** Of the configuration, from 1. */
    public int line() {
        return line;
    }

    /** Connections that the rules decided about. */
    public long connections() {
        return connections;
    }

    /** Of these, those that were given to a destination. */
    public long handedOff() {
        return get(Counter.HANDED_OFF);
    }

    /** Of these, those that wait. */
    public long pending() {
        return counts[PENDING];
    }

    /** Of these, those that ended in this way. */
    public long get(Counter outcome) {
        return counts[outcome.index()];
    }

    /** Of these, those that were closed, for whatever reason. */
    public long closed() {
        return Counter.reasons().stream().mapToLong(this::get).sum();
    }
}
