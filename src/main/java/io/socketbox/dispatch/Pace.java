package io.socketbox.dispatch;

/**
 * Tells a dispatcher when to rest for some microseconds, and how long: while a destination is full, or was a moment ago,
 * and takes on. It then deals at once with all that there is room for by then, and with what has arrived; else each of
 * these would wake it up by itself, which costs as much as handing a connection over.
 *
 * <p>A rest lasts as long as the destination takes for about half of a queue of 10 (net.unix.max_dgram_qlen), so that it
 * always has something to do. Who else has connections waits for the end of the rest too: while there are such, rests
 * are short. A destination so slow that the longest rest makes room for a few only is waited for in epoll_wait(2), and
 * so is everything else. One thread.
 */
final class Pace {
    /** What a rest lasts at first, and at most while connections go to other destinations at once. */
    static final long FIRST_NS = 150_000;

    static final long SHORTEST_NS = 50_000;
    static final long LONGEST_NS = 600_000;
    static final long STEP_NS = 50_000;

    /** The next rest is longer when fewer go on after one, */
    static final int FEW = 5;

    /** and shorter when more do. */
    static final int MANY = 7;

    /** A rest is worth it when so many connections are accepted, or go on, after it. */
    static final int WORTH = 3;

    /** For so many turns there is no rest after the longest was not worth it. */
    static final int TURNS_WITHOUT = 16;

    /** A destination that was full so many turns ago will be again. */
    static final int TURNS_AFTER = 8;

    private long acceptedBefore;
    private long goneOnBefore;
    private long sentAtOnceBefore;
    private long restNs = FIRST_NS;
    private boolean rested;
    private int turnsSinceFull = TURNS_AFTER;
    private int turnsWithout;

    /**
     * How long to rest now. Asked once at the start of each turn.
     *
     * @param accepted how many connections have been accepted so far.
     * @param goneOn how many of them had to wait and have gone on.
     * @param sentAtOnce how many had not to wait.
     * @param anyWait whether some wait still.
     * @return nanoseconds; 0: not at all.
     */
    long restNs(long accepted, long goneOn, long sentAtOnce, boolean anyWait) {
        long goneOnNow = goneOn - goneOnBefore;
        long dealtWith = accepted - acceptedBefore + goneOnNow;
        if (rested) {
            adapt(goneOnNow, sentAtOnce > sentAtOnceBefore, dealtWith >= WORTH);
        }
        acceptedBefore = accepted;
        goneOnBefore = goneOn;
        sentAtOnceBefore = sentAtOnce;
        turnsSinceFull = anyWait ? 0 : Math.min(TURNS_AFTER, turnsSinceFull + 1);
        rested = turnsSinceFull < TURNS_AFTER && dealtWith > 0 && turnsWithout == 0;
        if (turnsWithout > 0) {
            turnsWithout--;
        }
        return rested ? restNs : 0;
    }

    private void adapt(long goneOn, boolean othersToo, boolean worthIt) {
        long mostNs = othersToo ? Math.max(FIRST_NS, restNs / 2) : LONGEST_NS;
        if (!worthIt && restNs >= mostNs) {
            turnsWithout = TURNS_WITHOUT;
        }
        long changeNs = goneOn < FEW ? STEP_NS : goneOn > MANY ? -STEP_NS : 0;
        restNs = Math.clamp(restNs + changeNs, SHORTEST_NS, mostNs);
    }
}
