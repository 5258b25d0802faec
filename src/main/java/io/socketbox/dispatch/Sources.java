package io.socketbox.dispatch;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Copies of the descriptors that an engine takes connections from, close-on-exec; they are the holder's to close.
 *
 * @param listeners the different listening sockets, numbered as they first appear in {@link Engine.Context#listeners};
 *     -1 where one is closed already.
 * @param receiver the connection to another socketbox, or -1.
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
public record Sources(int[] listeners, int receiver) {
    /**
     * Which of them another process goes on with.
     *
     * @param listeners their numbers.
     * @param receiver whether the connection to another socketbox.
     */
    public record Kept(BitSet listeners, boolean receiver) {}

    /** Closes the copies. */
    public void close() {
        Arrays.stream(listeners).filter(fd -> fd >= 0).forEach(Descriptors::close);
        if (receiver >= 0) {
            Descriptors.close(receiver);
        }
    }

    /** Gathers them from the dispatchers, each of which adds what it owns on its own thread. */
    static final class Collector {
        private static final long TIMEOUT_S = 10;

        private final int[] listeners;
        private final CountDownLatch missing;
        private int receiver = -1;
        private boolean failed;
        private boolean over;

        Collector(int listeners, int dispatchers) {
            this.listeners = new int[listeners];
            this.missing = new CountDownLatch(dispatchers);
            Arrays.fill(this.listeners, -1);
        }

        synchronized void addListener(int number, int fd) {
            if (fd >= 0 && listeners[number] < 0 && !over) {
                listeners[number] = copy(fd);
            }
        }

        synchronized void addReceiver(int fd) {
            if (fd >= 0 && !over) {
                receiver = copy(fd);
            }
        }

        /** A dispatcher has added everything. */
        void answered() {
            missing.countDown();
        }

        /** Waits for all. @return null when descriptors ran out, or one does not answer: it is stuck or ending. */
        Sources await() {
            boolean complete = false;
            try {
                complete = missing.await(TIMEOUT_S, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return end(complete);
        }

        private synchronized Sources end(boolean complete) {
            over = true;
            Sources sources = new Sources(listeners, receiver);
            if (!complete || failed) {
                sources.close();
                return null;
            }
            return sources;
        }

        private int copy(int fd) {
            try {
                return Descriptors.dupFrom(fd, 0);
            } catch (LinuxException noneFree) {
                failed = true;
                return -1;
            }
        }
    }
}
