package io.socketbox.inetd;

/**
 * How much of a service there may be at once. What is beyond is held back; only what a client opens beyond its part of the
 * queue is not, because nobody else's connections would be received behind it.
 *
 * @param children processes, at least 1; at the limit nothing is received.
 * @param perClient processes for one client address, or 0 for any number.
 * @param queue connections that may wait for their client's turn, at least {@link #LEAST_QUEUE}, half of them one client's;
 *     at the limit nothing is received.
 */
record Limits(int children, int perClient, int queue) {
    /** A place for each of two clients. */
    static final int LEAST_QUEUE = 2;

    static final Limits DEFAULT = new Limits(1024, 0, 8192);

    /** How many connections of one client may wait. */
    int queuePerClient() {
        return queue / 2;
    }

    /** The same with a queue that takes at most half of so many descriptors. */
    Limits within(int descriptors) {
        return new Limits(children, perClient, Math.min(queue, Math.max(LEAST_QUEUE, descriptors / 2)));
    }
}
