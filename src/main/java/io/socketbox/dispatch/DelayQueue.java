package io.socketbox.dispatch;

import io.socketbox.limit.RateLimiter;
import java.util.Arrays;

/**
 * Connections that wait until a certain time, the first due first: a binary heap. Owns the descriptors in it. One thread.
 */
final class DelayQueue {
    private static final int FIRST_CAPACITY = 16;

    private long[] duesNs = new long[0];
    private int[] fds = new int[0];
    private RateLimiter[] limiters = new RateLimiter[0];
    private int size;

    int size() {
        return size;
    }

    /** When the first is due; {@link Long#MAX_VALUE} when there is none. */
    long firstDueNs() {
        return size == 0 ? Long.MAX_VALUE : duesNs[0];
    }

    /** Whom the first waits for; there must be one. */
    RateLimiter firstLimiter() {
        return limiters[0];
    }

    void add(int fd, long dueNs, RateLimiter limiter) {
        if (size == fds.length) {
            int capacity = Math.max(FIRST_CAPACITY, size * 2);
            duesNs = Arrays.copyOf(duesNs, capacity);
            fds = Arrays.copyOf(fds, capacity);
            limiters = Arrays.copyOf(limiters, capacity);
        }
        int at = size++;
        while (at > 0 && duesNs[(at - 1) / 2] > dueNs) {
            move((at - 1) / 2, at);
            at = (at - 1) / 2;
        }
        put(at, fd, dueNs, limiter);
    }

    /** Removes the first and gives its descriptor to the caller; there must be one. */
    int poll() {
        int fd = fds[0];
        size--;
        long dueNs = duesNs[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && duesNs[child + 1] < duesNs[child]) {
                child++;
            }
            if (duesNs[child] >= dueNs) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, fds[size], dueNs, limiters[size]);
        limiters[size] = null;
        return fd;
    }

    private void move(int from, int to) {
        put(to, fds[from], duesNs[from], limiters[from]);
    }

    private void put(int at, int fd, long dueNs, RateLimiter limiter) {
        fds[at] = fd;
        duesNs[at] = dueNs;
        limiters[at] = limiter;
    }
}
