package io.socketbox.observe;

import java.util.function.Supplier;

/**
 * What one dispatcher knows of one destination. Written by the dispatcher, read by any thread.
 *
 * <p>Destinations whose paths are made by one template ({@code -U}) are one, since there is no end of them.
 */
public final class DestinationStatistics {
    private final String name;
    private volatile Supplier<String> state;
    /** How many targets share this: while one of that name goes and another comes, two. Dispatcher only. */
    private int users;

    private final Counters counters = Counters.compact();

    DestinationStatistics(String name, Supplier<String> state) {
        this.name = name;
        this.state = state;
    }

    void use(Supplier<String> newState) {
        state = newState;
        users++;
    }

    /** Returns whether nobody uses this any more. */
    boolean leave() {
        return --users == 0;
    }

    /** The name for people. */
    public String name() {
        return name;
    }

    /** What the destination is doing, in a word. */
    public String state() {
        return state.get();
    }

    /** What happened to its connections: those of {@link Counter} that concern a single destination. */
    public Counters counters() {
        return counters;
    }

    /** How many connections wait for it. */
    public long pending() {
        return counters.pending();
    }
}
