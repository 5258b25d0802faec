package io.socketbox.dispatch;

import java.util.Arrays;

/** Collects what a dispatcher has to tell the conductor, so that it does so once a turn. One thread. */
final class Acknowledgements {
    private long[] tickets = new long[16];
    private int size;

    void add(long ticket) {
        if (size == tickets.length) {
            tickets = Arrays.copyOf(tickets, size * 2);
        }
        tickets[size++] = ticket;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Gives away what was collected. */
    long[] take() {
        long[] taken = Arrays.copyOf(tickets, size);
        size = 0;
        return taken;
    }
}
