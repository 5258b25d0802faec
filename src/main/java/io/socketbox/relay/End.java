package io.socketbox.relay;

/** One of a relayed connection's two sockets, and what is known of its readiness until a call says EAGAIN. */
final class End {
    final int fd;
    boolean readable = true;
    boolean writable = true;

    /** @param fd non-blocking; owned by whoever made this. */
    End(int fd) {
        this.fd = fd;
    }
}
