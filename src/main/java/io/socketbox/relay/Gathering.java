package io.socketbox.relay;

/**
 * Tells a relay when to rest for some microseconds before it waits: after a turn in which some connection moved much.
 * Meanwhile more of it gathers, and is moved with fewer calls and fewer wake-ups; small messages are not held up, unless
 * a large transfer goes on beside them. Where a rest brought nothing, there is none for some turns. One thread.
 */
final class Gathering {
    /** How long a rest is; the timer's slack comes on top. */
    static final long REST_NS = 50_000;

    /** From so many bytes of one connection on, in a turn. */
    static final long MUCH = 32 << 10;

    static final int TURNS_WITHOUT = 16;

    private boolean much;
    private int turnsWithout;

    /** A connection moved bytes, in both directions together. */
    void moved(long bytes) {
        much |= bytes >= MUCH;
    }

    /** Whether to rest now. Asked once for each turn. */
    boolean isDue() {
        boolean due = much && turnsWithout == 0;
        much = false;
        turnsWithout = Math.max(0, turnsWithout - 1);
        return due;
    }

    /** A rest is over. */
    void rested(boolean broughtSomething) {
        if (!broughtSomething) {
            turnsWithout = TURNS_WITHOUT;
        }
    }
}
