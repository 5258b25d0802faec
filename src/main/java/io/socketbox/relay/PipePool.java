package io.socketbox.relay;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import java.util.ArrayDeque;

/**
 * Empty pipes, through which splice(2) moves bytes. A direction has one only while there is something in it, so that one
 * pipe serves all connections whose receivers keep up.
 *
 * <p>The first 64 hold 512 KiB, which makes large transfers cheaper (bench/NOTES.md); they are the ones in use while
 * receivers keep up. Up to 512 more hold 64 KiB. Together that is what an unprivileged user may have by default: 1,024 of
 * 64 KiB (/proc/sys/fs/pipe-user-pages-soft, pipe(7)); beyond it the kernel would make them 8 KiB small. For one thread.
 */
final class PipePool implements AutoCloseable {
    /** The most pipes that there are. */
    static final int MOST = 576;

    private static final int LARGE_PIPES = 64;
    private static final int LARGE_BYTES = 512 << 10;
    private static final int SMALL_BYTES = 64 << 10;

    private final ArrayDeque<Pipe> free = new ArrayDeque<>(MOST);
    private int most;
    private int open;

    /** @param most pipes, at most {@link #MOST}. */
    PipePool(int most) {
        this.most = most;
    }

    /** An empty pipe, or null when all are in use or no more can be had. */
    Pipe take() {
        Pipe pipe = free.poll();
        return pipe != null || open >= most ? pipe : open();
    }

    private Pipe open() {
        try {
            int[] ends = Descriptors.pipe();
            Pipe pipe = new Pipe(ends[0], ends[1], open < LARGE_PIPES ? LARGE_BYTES : SMALL_BYTES);
            open++;
            try {
                // 64 KiB is what it holds anyway, unless the kernel made it smaller: then this is refused.
                Descriptors.setPipeSize(pipe.writeFd(), pipe.bytes());
                return pipe;
            } catch (LinuxException e) {
                closePipe(pipe);
                throw e;
            }
        } catch (LinuxException e) {
            if (e.errno() == Errno.EPERM) {
                // Other processes of this user have pipes too.
                most = open;
            }
            return null;
        }
    }

    /** Takes an empty pipe back. */
    void give(Pipe pipe) {
        free.push(pipe);
    }

    /** Takes a pipe back that still has something in it. */
    void discard(Pipe pipe) {
        closePipe(pipe);
    }

    private void closePipe(Pipe pipe) {
        Descriptors.close(pipe.readFd());
        Descriptors.close(pipe.writeFd());
        open--;
    }

    /** Closes those that are not in use. */
    @Override
    public void close() {
        while (!free.isEmpty()) {
            closePipe(free.pop());
        }
    }
}
