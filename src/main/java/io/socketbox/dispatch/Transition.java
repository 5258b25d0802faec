package io.socketbox.dispatch;

import io.socketbox.route.PathExpansion;

/**
 * The part of a {@link Change} that takes its time, one slice a turn, so that connections need not wait for it: closes
 * what is gone, then opens what is new. One thread.
 */
final class Transition {
    /** Some microseconds each: a socket to connect or to close. */
    private static final int SLICE = 64;

    private final Change change;
    private int nextGone;
    private int nextOpened;

    Transition(Change change) {
        this.change = change;
    }

    /** Number of the snapshot in the upper half, slot in the lower. */
    static long ticket(int number, int slot) {
        return (long) number << 32 | slot;
    }

    /**
     * Goes on.
     *
     * @param closed is told the ticket of each slot for which nothing is left to be closed.
     * @return whether that was the last slice.
     */
    boolean step(DestinationTable destinations, Acknowledgements closed, long nowNs) {
        int left = SLICE;
        PathExpansion[] templates = change.snapshot().templates();
        for (; left > 0 && nextGone < change.gone().length; left--) {
            int slot = change.gone()[nextGone++];
            long ticket = ticket(change.snapshot().number(), slot);
            // One that came back since is not gone; the conductor knows.
            if (!destinations.isNamed(slot) && destinations.retire(slot, templates[slot], ticket)) {
                closed.add(ticket);
            }
        }
        for (; left > 0 && nextOpened < change.opened().length; left--) {
            if (!destinations.preopen(change.opened()[nextOpened++], nowNs)) {
                nextOpened = change.opened().length;
            }
        }
        return nextGone == change.gone().length && nextOpened == change.opened().length;
    }
}
