package io.socketbox.handoff;

/** Connections that wait for one destination, first in first out. Owns the descriptors in it. One thread. */
final class PendingQueue {
    private static final int FIRST_CAPACITY = 16;
    private static final int KEPT_CAPACITY = 256;

    private int[] fds = new int[0];
    private long[] arrivalsNs = new long[0];
    private int head;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /**
     * Adds a connection at the end.
     *
     * @param fd        of the connection; owned by this queue until {@link #poll}.
     * @param arrivalNs of {@link System#nanoTime} when it began to wait.
     */
    void add(int fd, long arrivalNs) {
        if (size == fds.length) {
            grow();
        }
        int tail = (head + size) & (fds.length - 1);
        fds[tail] = fd;
        arrivalsNs[tail] = arrivalNs;
        size++;
    }

    /** As {@link #add}, for a connection that began to wait elsewhere: it stands behind those that came before it. */
    void addInOrder(int fd, long arrivalNs) {
        add(fd, arrivalNs);
        int mask = fds.length - 1;
        for (int at = size - 1; at > 0; at--) {
            int here = (head + at) & mask;
            int before = (head + at - 1) & mask;
            if (arrivalsNs[before] - arrivalNs <= 0) {
                return;
            }
            fds[here] = fds[before];
            arrivalsNs[here] = arrivalsNs[before];
            fds[before] = fd;
            arrivalsNs[before] = arrivalNs;
        }
    }

    /** The first connection's descriptor, which stays here; the queue must not be empty. */
    int peek() {
        return fds[head];
    }

    /** When the first connection began to wait; the queue must not be empty. */
    long peekArrivalNs() {
        return arrivalsNs[head];
    }

    /** Removes the first connection and gives its descriptor to the caller; the queue must not be empty. */
    int poll() {
        int fd = fds[head];
        head = (head + 1) & (fds.length - 1);
        size--;
        if (size == 0 && fds.length > KEPT_CAPACITY) {
            fds = new int[0];
            arrivalsNs = new long[0];
            head = 0;
        }
        return fd;
    }

    private void grow() {
        int capacity = Math.max(FIRST_CAPACITY, fds.length * 2);
        int[] newFds = new int[capacity];
        long[] newArrivalsNs = new long[capacity];
        for (int i = 0; i < size; i++) {
            int from = (head + i) & (fds.length - 1);
            newFds[i] = fds[from];
            newArrivalsNs[i] = arrivalsNs[from];
        }
        fds = newFds;
        arrivalsNs = newArrivalsNs;
        head = 0;
    }
}
