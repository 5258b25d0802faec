package io.socketbox.handoff;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;

/**
 * The receiving end of a hand-off: a UNIX datagram socket at a path, each of whose messages carries one connection
 * (unix(7), SCM_RIGHTS).
 *
 * <p>One thread binds, receives and closes. Any thread may {@link #stop} it, and nothing that was sent is lost then: the
 * path goes first, so that senders look for a successor; then sending ends (they get EPIPE); then {@link #receive} gives
 * what is left in the queue.
 */
public final class DescriptorReceiver implements AutoCloseable {
    /** The answer of {@link #receive} after the last descriptor. */
    public static final int END = -1;

    private static final int MODE = 0660;

    private final Object lock = new Object();
    private final String path;
    private final ReceivingSocket socket;
    private final HotCalls calls = new HotCalls(1);
    private volatile boolean stopping;
    private boolean closed;

    private DescriptorReceiver(String path, ReceivingSocket socket) {
        this.path = path;
        this.socket = socket;
    }

    /**
     * Binds a socket that its owner and group may send to (mode 0660). The file of a socket that nobody has open any more
     * is replaced.
     *
     * @param path where, as a byte string of at most 107 bytes
     * @throws LinuxException when that cannot be; EADDRINUSE when there is another file or a socket in use
     */
    public static DescriptorReceiver bind(String path) {
        return new DescriptorReceiver(
                path, ReceivingSocket.bind(path, MODE, ReceivingSocket.SAME, ReceivingSocket.SAME));
    }

    /**
     * Waits for the next connection. Messages without a descriptor are passed over, and a descriptor that is not a stream
     * socket of family UNIX, INET or INET6 is closed.
     *
     * @return a descriptor, close-on-exec, that belongs to the caller, or {@link #END} when {@link #stop} was called and
     *     the queue is empty
     * @throws LinuxException when receiving fails
     */
    public int receive() {
        while (true) {
            int length = calls.receiveDescriptor(socket.fd(), true);
            int fd = calls.receivedFd();
            if (length < 0) {
                if (calls.errno() != Errno.EINTR) {
                    throw new LinuxException("receive on " + ByteStrings.display(path), calls.errno());
                }
            } else if (fd >= 0) {
                if (ReceivingSocket.isStream(fd)) {
                    return fd;
                }
                Descriptors.close(fd);
            } else if (length == 0 && stopping) {
                return END;
            }
        }
    }

    /** Takes no more from senders; {@link #receive} then gives what is left, and {@link #END}. By any thread, at any time. */
    public void stop() {
        synchronized (lock) {
            if (closed || stopping) {
                return;
            }
            stopping = true;
            socket.stop();
        }
    }

    /** Closes the socket, with what is in its queue if {@link #receive} was not called until its {@link #END}. */
    @Override
    public void close() {
        stop();
        synchronized (lock) {
            if (!closed) {
                closed = true;
                socket.close();
                calls.close();
            }
        }
    }
}
