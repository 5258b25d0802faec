package io.socketbox.inetd;

/**
 * How much of a service there may be at once. What is beyond is held back, not dropped.
 *
 * @param children processes, at least 1; at the limit nothing is received.
 * @param perClient processes for one client address, or 0 for any number.
 * @param queue connections that may wait for their client's turn, at least 1; at the limit nothing is received.
 */
record Limits(int children, int perClient, int queue) {
    static final Limits DEFAULT = new Limits(1024, 0, 256);
}
