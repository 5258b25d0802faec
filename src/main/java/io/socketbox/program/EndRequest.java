package io.socketbox.program;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a signal that ends the program means: the first one begins the end, a second one ends at once. Any thread.
 *
 * <p>A wrapper may send one request twice: timeout(1) signals its child and then its process group. What comes within a
 * moment of the first signal is therefore the first signal.
 */
public final class EndRequest {
    /** What to do. */
    public enum Meaning {
        /** Begin to end. */
        BEGIN,
        /** Nothing: it is the request that was made already. */
        SAME,
        /** End without waiting any longer. */
        AT_ONCE
    }

    private static final long SAME_REQUEST_NS = 200_000_000L;
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong sinceNs = new AtomicLong(NEVER);

    /**
     * A signal came.
     *
     * @param nowNs of {@link System#nanoTime}.
     */
    public Meaning signalled(long nowNs) {
        if (sinceNs.compareAndSet(NEVER, nowNs)) {
            return Meaning.BEGIN;
        }
        return nowNs - sinceNs.get() >= SAME_REQUEST_NS ? Meaning.AT_ONCE : Meaning.SAME;
    }
}
