package io.socketbox.inetd;

import io.socketbox.receive.RaisedLimit;

/**
 * The descriptors of this process: one for each connection without a child and one for each child. A descriptor that
 * arrives when there is no room for it is lost, so receiving ends before that. For one thread.
 */
final class Budget {
    private final RaisedLimit limit;
    private final int most;
    private int used;

    /** All that the limit leaves. */
    Budget(RaisedLimit limit) {
        this.limit = limit;
        this.most = limit.free(2);
    }

    /** What children are started with is lowered to what we were started with. */
    RaisedLimit limit() {
        return limit;
    }

    /** How many there may be. */
    int most() {
        return most;
    }

    /** Whether a connection may be received: it, and the child that it gets. */
    boolean hasRoom() {
        return used + 2 <= most;
    }

    /** A descriptor was opened. */
    void opened() {
        used++;
    }

    /** A descriptor was closed. */
    void closed() {
        used--;
    }
}
