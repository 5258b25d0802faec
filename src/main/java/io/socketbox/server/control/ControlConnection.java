package io.socketbox.server.control;

import io.socketbox.linux.Descriptors;

/** The server's end of a client's connection, which may be closed before its request has ended. One thread. */
public final class ControlConnection implements AutoCloseable {
    private final int fd;
    private boolean open = true;

    /** @param fd owned from here on. */
    ControlConnection(int fd) {
        this.fd = fd;
    }

    /** To send over, until {@link #close}. */
    int fd() {
        return fd;
    }

    /** Closes it, once. */
    @Override
    public void close() {
        if (open) {
            open = false;
            Descriptors.close(fd);
        }
    }
}
