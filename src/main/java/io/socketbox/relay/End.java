package io.socketbox.relay;

import io.socketbox.linux.Epoll;

/** One of a relayed connection's two sockets, and what is known of its readiness until a call says EAGAIN. */
final class End {
    private static final int BEYOND_BYTES = Epoll.RDHUP | Epoll.HUP | Epoll.ERR | Epoll.PRI;

    final int fd;
    boolean readable = true;
    boolean writable = true;
    /** Whether what arrives is not told: there is something already that nobody takes. */
    boolean deaf;

    private boolean beyondBytes;

    /** @param fd non-blocking; owned by whoever made this. */
    End(int fd) {
        this.fd = fd;
    }

    /** It is ready for {@code mask}, of {@link Epoll}. */
    void ready(int mask) {
        readable |= (mask & (Epoll.IN | BEYOND_BYTES)) != 0;
        writable |= (mask & (Epoll.OUT | Epoll.HUP | Epoll.ERR)) != 0;
        beyondBytes |= (mask & BEYOND_BYTES) != 0;
    }

    /**
     * A read gave less than it asked for. That was all for now, and what comes is told (epoll(7)), unless the end of the
     * stream or urgent data, at which a read stops (tcp(7)), is there already.
     */
    void readShort() {
        readable = beyondBytes;
    }
}
