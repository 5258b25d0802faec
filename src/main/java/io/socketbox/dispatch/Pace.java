package io.socketbox.dispatch;

/**
 * Tells a dispatcher when to rest for some microseconds: while a destination is full, or was a moment ago, and takes on. It
 * then deals at once with all that there is room for by then, and with what has arrived; else each of these would wake it
 * up by itself, which costs as much as handing a connection over. A destination so slow that a rest makes room for a few
 * only is waited for in epoll_wait(2), and so is everything else. One thread.
 */
final class Pace {
    /** With the kernel's slack for timers (50 us, see prctl(2)) about 200 us: half of what a full queue of 10 lasts. */
    static final long REST_NS = 150_000;

    /** A rest is worth it when so many connections are accepted, or go on, after it. */
    static final int WORTH = 3;

    /** For so many turns there is no rest after one that was not worth it. */
    static final int TURNS_WITHOUT = 64;

    /** A destination that was full so many turns ago will be again. */
    static final int TURNS_AFTER = 8;

    private long dealtWith;
    private boolean rested;
    private int turnsSinceFull = TURNS_AFTER;
    private int turnsWithout;

    /**
     * Whether to rest now. Asked once at the start of each turn.
     *
     * @param total how many connections have been accepted, or had to wait and have gone on, so far.
     * @param anyWait whether some wait still.
     */
    boolean isRestDue(long total, boolean anyWait) {
        long now = total - dealtWith;
        dealtWith = total;
        turnsSinceFull = anyWait ? 0 : Math.min(TURNS_AFTER, turnsSinceFull + 1);
        if (rested && now < WORTH) {
            turnsWithout = TURNS_WITHOUT;
        }
        rested = turnsSinceFull < TURNS_AFTER && now > 0 && turnsWithout == 0;
        if (turnsWithout > 0) {
            turnsWithout--;
        }
        return rested;
    }
}
