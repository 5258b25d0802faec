package io.socketbox.relay;

import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.StreamCalls;

/**
 * One direction of a relayed connection. Small messages are received and sent; a direction that has much to say goes
 * through a pipe of the {@link PipePool} by splice(2), without being copied to this process: bench/NOTES.md has what
 * either costs. What the receiver of a small message does not take at once is put into the pipe. When the pool has no
 * pipe, bytes are looked at in the socket (MSG_PEEK), sent, and then taken off it, as many as were accepted. So a
 * direction never holds memory of this process, and one whose receiver is slow leaves the bytes with the sender.
 *
 * <p>Readiness is edge-triggered: {@link End} remembers it. Allocates nothing. For the agent's thread.
 */
final class Flow {
    private static final int MOVES_A_TURN = 16;
    /** From so many bytes at a time on, splicing is cheaper. */
    private static final int MUCH = 32 << 10;

    private final End from;
    private final End to;
    private Pipe pipe;
    private int inPipe;
    private boolean much;
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
            } else if ((pipe = pipes.take()) == null) {
                copyPeeked(hot, calls);
            } else if (much) {
                fill(hot, calls, pipes);
            } else {
                copy(hot, calls, pipes);
            }
        }
        return !over;
    }

    private void fill(HotCalls hot, StreamCalls calls, PipePool pipes) {
        int length = calls.splice(from.fd, pipe.writeFd(), pipe.bytes());
        if (length > 0) {
            inPipe = length;
            much = length >= MUCH;
            return;
        }
        giveBack(pipes);
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
            giveBack(pipes);
        }
    }

    private void giveBack(PipePool pipes) {
        pipes.give(pipe);
        pipe = null;
    }

    private void copy(HotCalls hot, StreamCalls calls, PipePool pipes) {
        int length = calls.receive(from.fd);
        if (length <= 0) {
            giveBack(pipes);
            nothingRead(length, hot, calls);
            return;
        }
        much = length >= MUCH;
        if (length < StreamCalls.PEEK_BYTES) {
            from.readShort();
        }
        int sent = calls.sendReceived(to.fd, length);
        if (sent < 0) {
            notWritten(calls.errno());
            sent = 0;
        }
        bytes += sent;
        if (sent == length || over) {
            giveBack(pipes);
        } else {
            keep(sent, length, calls);
        }
    }

    /** A pipe of the pool has room for all that was received. */
    private void keep(int sent, int length, StreamCalls calls) {
        inPipe = calls.writeReceived(pipe.writeFd(), sent, length - sent);
        if (inPipe != length - sent) {
            throw new LinuxException("write to a pipe", calls.errno());
        }
    }

    private void copyPeeked(HotCalls hot, StreamCalls calls) {
        int length = calls.peek(from.fd);
        if (length <= 0) {
            nothingRead(length, hot, calls);
            return;
        }
        int sent = calls.sendReceived(to.fd, length);
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
