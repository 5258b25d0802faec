package io.socketbox.handoff;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;

/**
 * A UNIX datagram socket at a path, to which connections are sent, and its ways to begin and to end without losing one.
 * Receiving is the caller's business. Not thread-safe; owns its descriptor and its file.
 */
public final class ReceivingSocket implements AutoCloseable {
    /** For an id that is to stay what it is. */
    public static final int SAME = SocketFile.SAME;

    private final int fd;
    private final SocketFile file;

    private ReceivingSocket(int fd, SocketFile file) {
        this.fd = fd;
        this.file = file;
    }

    /**
     * Binds. The file of a socket that nobody has open any more is replaced.
     *
     * @param path where, as a byte string of at most 107 bytes
     * @param mode the permissions of the file; who may write may send
     * @param uid the file's owner, or {@link #SAME}
     * @param gid its group, or {@link #SAME}
     * @throws LinuxException when that cannot be; EADDRINUSE when there is another file or a socket in use
     */
    public static ReceivingSocket bind(String path, int mode, int uid, int gid) {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
        try {
            return new ReceivingSocket(fd, SocketFile.bind(fd, path, mode, uid, gid));
        } catch (LinuxException e) {
            Descriptors.close(fd);
            throw e;
        }
    }

    /** Sets permissions and owner of the file, as {@link #bind} does. */
    public void permit(int mode, int uid, int gid) {
        file.permit(mode, uid, gid);
    }

    /** The descriptor to receive from; owned here. */
    public int fd() {
        return fd;
    }

    /** Whether a received descriptor is a stream socket of family UNIX, INET or INET6. */
    public static boolean isStream(int fd) {
        return isStream(fd, false);
    }

    /** Whether a received descriptor is a stream socket, of those families or of any. */
    public static boolean isStream(int fd, boolean anyFamily) {
        try {
            return Sockets.getOption(fd, SocketOption.SO_TYPE) == Sockets.STREAM
                    && (anyFamily || isUsual(Sockets.getOption(fd, SocketOption.SO_DOMAIN)));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOTSOCK) {
                return false;
            }
            throw e;
        }
    }

    private static boolean isUsual(int family) {
        return family == Sockets.AF_UNIX || family == Sockets.AF_INET || family == Sockets.AF_INET6;
    }

    /**
     * Removes the path, so that senders look for a successor, and takes no more from them: they get EPIPE. What is
     * in the queue can still be received; after it, receiving gives 0.
     *
     * @throws LinuxException when the file cannot be removed; receiving has ended all the same
     */
    public void stop() {
        try {
            file.unlink();
        } finally {
            Sockets.shutdown(fd, Sockets.SHUT_RD);
        }
    }

    /** Closes the socket, and with it every connection that is still in its queue. */
    @Override
    public void close() {
        Descriptors.close(fd);
    }
}
