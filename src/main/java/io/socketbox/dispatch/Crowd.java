package io.socketbox.dispatch;

/**
 * Tells a dispatcher to rest for some microseconds after a turn that accepted many connections: more arrive meanwhile,
 * and are dealt with at once; else each of them would wake it up by itself, in the middle of what made it arrive. Where
 * a rest brought no more than that, there are only so many clients, who would be held up, and there is none for some
 * turns. One thread.
 */
final class Crowd {
    /** How long a rest is; the timer's slack comes on top. */
    static final long REST_NS = 50_000;

    /** There is a rest after so many, */
    static final int MANY = 4;

    /** and it was worth it when there are so many after it. */
    static final int MORE = 5;

    static final int TURNS_WITHOUT = 8;

    private long acceptedBefore;
    private boolean rested;
    private int turnsWithout;

    /**
     * How long to rest now. Asked once at the start of each turn.
     *
     * @param accepted how many connections have been accepted so far.
     * @return nanoseconds; 0: not at all.
     */
    long restNs(long accepted) {
        long acceptedNow = accepted - acceptedBefore;
        acceptedBefore = accepted;
        if (rested && acceptedNow < MORE) {
            turnsWithout = TURNS_WITHOUT;
        }
        rested = turnsWithout == 0 && acceptedNow >= MANY;
        turnsWithout = Math.max(0, turnsWithout - 1);
        return rested ? REST_NS : 0;
    }
}
