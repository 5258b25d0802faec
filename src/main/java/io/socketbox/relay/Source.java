package io.socketbox.relay;

import io.socketbox.handoff.ReceivingSocket;
import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.program.SetupException;

/**
 * The open end of an {@link Intake}: gives one connection after another. Opened by
 * any thread, then for the agent's. Owns its socket.
 */
final class Source {
    /** Nothing there for now. */
    static final int NONE = -1;

    private final Intake intake;
    private final ReceivingSocket socket;
    private final int fd;
    private final boolean connected;
    private boolean armed;
    private boolean stopping;
    private boolean over;

    private Source(Intake intake, ReceivingSocket socket, int fd) {
        this.intake = intake;
        this.socket = socket;
        this.fd = fd;
        this.connected = Sockets.getOption(fd, SocketOption.SO_TYPE) != Sockets.DGRAM;
    }

    /** @throws SetupException when the socket cannot be made or used, with advice. */
    static Source open(Intake intake) throws SetupException {
        if (intake.file() != null) {
            ReceivingSocket socket = intake.file().bind();
            return new Source(intake, socket, socket.fd());
        }
        try {
            checkInherited(intake);
            return new Source(intake, null, intake.fd());
        } catch (LinuxException e) {
            boolean absent = e.errno() == Errno.EBADF || e.errno() == Errno.ENOTSOCK;
            String advice = absent ? "; -l names a socket that this program was started with" : "";
            throw new SetupException(e.getMessage() + advice, e);
        }
    }

    private static void checkInherited(Intake intake) throws SetupException {
        boolean listens = Sockets.getOption(intake.fd(), SocketOption.SO_ACCEPTCONN) != 0;
        if (listens == intake.receives()) {
            throw new SetupException("descriptor " + intake.fd()
                    + (listens
                            ? " is a listening socket, from which no descriptors are received: leave out -e"
                            : " is no listening socket: name one with -l, receive descriptors on it with -e, or make a"
                                    + " socket with -s"));
        }
        if (listens) {
            Descriptors.setNonBlocking(intake.fd(), true);
        }
    }

    /** Gives the socket's file mode and owner anew. */
    void permit(Intake changed) {
        if (socket != null) {
            changed.file().permit(socket);
        }
    }

    /** Has the agent told, or no longer told, that something is there. */
    void arm(boolean wanted, Loop loop, long tag) {
        boolean want = wanted && !over;
        if (want != armed) {
            HotCalls hot = loop.hot();
            int result = want ? hot.epollAdd(loop.epollFd(), fd, Epoll.IN, tag) : hot.epollDelete(loop.epollFd(), fd);
            if (result != 0) {
                throw new LinuxException("epoll_ctl for " + intake.display(), hot.errno());
            }
            armed = want;
        }
    }

    /**
     * The next connection, a descriptor that is the caller's, or {@link #NONE}.
     *
     * @throws LinuxException when receiving fails in a way that may pass.
     */
    int take(Loop loop, StreamCheck check, long nowNs) {
        while (!over) {
            HotCalls hot = loop.hot();
            boolean receives = socket != null || intake.receives();
            int result = receives ? hot.receiveDescriptor(fd, stopping && socket != null) : hot.accept4(fd);
            if (result < 0) {
                if (!mayGoOn(hot.errno())) {
                    return NONE;
                }
            } else if (!receives) {
                return result;
            } else if (hot.receivedFd() >= 0) {
                if (check.admits(hot.receivedFd())) {
                    return hot.receivedFd();
                }
                hot.close(hot.receivedFd());
                repeat(loop, "received a descriptor that is no stream socket; closed", nowNs);
            } else if (result == 0 && (stopping || connected)) {
                over = true;
            } else if (hot.truncated()) {
                throw new LinuxException("a connection was lost: receive a descriptor", Errno.EMFILE);
            } else {
                repeat(loop, "received a message without a descriptor", nowNs);
            }
        }
        return NONE;
    }

    /** What accept(2) lists as the fault of one connection is passed over. */
    private boolean mayGoOn(int errno) {
        return switch (errno) {
            case Errno.EINTR, Errno.ECONNABORTED, Errno.EPROTO, Errno.EPERM, Errno.ECONNRESET -> true;
            case Errno.EAGAIN -> {
                over = stopping;
                yield false;
            }
            default -> throw new LinuxException("receive", errno);
        };
    }

    private void repeat(Loop loop, String what, long nowNs) {
        loop.log().repeat(intake.display() + ": " + what).hit(nowNs);
    }

    /**
     * Has no more sent to a socket of our own; what was sent before can still be taken. From an inherited one, which
     * others may have too, what is there now is taken and the rest left to them.
     *
     * @throws LinuxException when the socket's file cannot be removed; receiving has ended all the same.
     */
    void stop() {
        stopping = true;
        if (socket != null) {
            socket.stop();
        }
    }

    boolean isStopping() {
        return stopping;
    }

    /** Whether nothing can come any more. */
    boolean isOver() {
        return over;
    }

    void close(Loop loop, long tag) {
        over = true;
        arm(false, loop, tag);
        Descriptors.close(fd);
    }
}
