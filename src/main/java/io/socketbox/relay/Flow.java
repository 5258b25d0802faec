package io.socketbox.relay;

import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.StreamCalls;

/**
 * One direction of a relayed connection. Bytes go through a pipe of the {@link PipePool} by splice(2), without being
 * copied to this process: that takes half the CPU time of reading and writing when much is sent, and up to a fifth more
 * when messages are small. When the pool has no pipe, they are looked at in the socket (MSG_PEEK), sent, and then taken
 * off it, as many as were accepted; so a direction never holds memory of this process, and one whose receiver is slow
 * leaves the bytes with the sender.
 *
 * <p>Readiness is edge-triggered: {@link End} remembers it. Allocates nothing. For the agent's thread.
 */
final class Flow {
    private static final int MOVES_A_TURN = 16;

    private final End from;
    private final End to;
    private Pipe pipe;
    private int inPipe;
    private long bytes;
    private boolean over;
    private int errno;
    private boolean receiverFailed;

    Flow(End from, End to) {
        this.from = from;
        this.to = to;
    }

    /** How many bytes the receiving socket has taken. */
    long bytes() {
        return bytes;
    }

    /** Whether the end of the stream was passed on, or an error ended it. */
    boolean isOver() {
        return over;
    }

    /** The error that ended it, or 0. */
    int errno() {
        return errno;
    }

    /** Whether that error was the receiving socket's. */
    boolean receiverFailed() {
        return receiverFailed;
    }

    /**
     * Moves what can be moved, but leaves others their turn.
     *
     * @return whether it could go on at once.
     */
    boolean turn(HotCalls hot, StreamCalls calls, PipePool pipes) {
        for (int i = 0; i < MOVES_A_TURN; i++) {
            if (over || !to.writable || !(inPipe > 0 || from.readable)) {
                return false;
            }
            if (inPipe > 0) {
                empty(calls, pipes);
            } else if ((pipe = pipes.take()) != null) {
                fill(hot, calls, pipes);
            } else {
                copy(hot, calls);
            }
        }
        return !over;
    }

    private void fill(HotCalls hot, StreamCalls calls, PipePool pipes) {
        int length = calls.splice(from.fd, pipe.writeFd(), PipePool.BYTES);
        if (length > 0) {
            inPipe = length;
            return;
        }
        pipes.give(pipe);
        pipe = null;
        nothingRead(length, hot, calls);
    }

    private void empty(StreamCalls calls, PipePool pipes) {
        int length = calls.splice(pipe.readFd(), to.fd, inPipe);
        if (length < 0) {
            notWritten(calls.errno());
            return;
        }
        inPipe -= length;
        bytes += length;
        if (inPipe == 0) {
            pipes.give(pipe);
            pipe = null;
        }
    }

    private void copy(HotCalls hot, StreamCalls calls) {
        int length = calls.peek(from.fd);
        if (length <= 0) {
            nothingRead(length, hot, calls);
            return;
        }
        int sent = calls.sendPeeked(to.fd, length);
        if (sent < 0) {
            notWritten(calls.errno());
            return;
        }
        bytes += sent;
        for (int left = sent; left > 0 && !over; ) {
            int discarded = calls.discard(from.fd, left);
            if (discarded > 0) {
                left -= discarded;
            } else if (discarded == 0 || calls.errno() != Errno.EINTR) {
                fail(discarded == 0 ? Errno.ECONNRESET : calls.errno(), false);
            }
        }
    }

    private void nothingRead(int result, HotCalls hot, StreamCalls calls) {
        if (result == 0) {
            over = true;
            // A receiver that is gone says so to the other direction.
            hot.shutdown(to.fd, Sockets.SHUT_WR);
        } else if (calls.errno() == Errno.EAGAIN) {
            from.readable = false;
        } else if (calls.errno() != Errno.EINTR) {
            fail(calls.errno(), false);
        }
    }

    private void notWritten(int why) {
        if (why == Errno.EAGAIN) {
            to.writable = false;
        } else if (why != Errno.EINTR) {
            fail(why, true);
        }
    }

    private void fail(int why, boolean byReceiver) {
        over = true;
        errno = why;
        receiverFailed = byReceiver;
    }

    /** Gives the pipe back, with whatever is in it. */
    void release(PipePool pipes) {
        if (pipe != null) {
            pipes.discard(pipe);
            pipe = null;
        }
        inPipe = 0;
        over = true;
    }
}
