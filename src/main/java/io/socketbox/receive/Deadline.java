package io.socketbox.receive;

/** Points in time, of {@link System#nanoTime}, at which a loop has something to do. */
public final class Deadline {
    /** A time that does not come. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final long NS_PER_MS = 1_000_000;

    private Deadline() {}

    /** How long epoll_wait(2) may take, not to miss a deadline: rounded up, or -1 when there is none. */
    public static int timeoutMs(long deadlineNs, long nowNs) {
        if (deadlineNs == NEVER) {
            return -1;
        }
        long waitNs = deadlineNs - nowNs;
        return waitNs <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (waitNs + NS_PER_MS - 1) / NS_PER_MS);
    }
}
