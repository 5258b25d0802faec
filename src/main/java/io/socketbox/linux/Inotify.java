package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;

/**
 * inotify(7): one descriptor, its buffer and the calls on it, for one thread at a time. {@link #fd} is non-blocking and close-on-exec
 * and can stand in an epoll set; {@link #close} closes it.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Inotify implements AutoCloseable {
    public static final int ATTRIB = linux_h.IN_ATTRIB();
    public static final int CLOSE_WRITE = linux_h.IN_CLOSE_WRITE();
    public static final int CREATE = linux_h.IN_CREATE();
    public static final int DELETE = linux_h.IN_DELETE();
    public static final int DELETE_SELF = linux_h.IN_DELETE_SELF();
    public static final int IGNORED = linux_h.IN_IGNORED();
    public static final int MOVED_FROM = linux_h.IN_MOVED_FROM();
    public static final int MOVED_TO = linux_h.IN_MOVED_TO();
    public static final int MOVE_SELF = linux_h.IN_MOVE_SELF();
    public static final int ONLYDIR = linux_h.IN_ONLYDIR();
    public static final int Q_OVERFLOW = linux_h.IN_Q_OVERFLOW();
    public static final int UNMOUNT = linux_h.IN_UNMOUNT();

    /** Receives events. */
    @FunctionalInterface
    public interface Listener {
        /**
         * One event.
         *
         * @param watch what {@link Inotify#addWatch} returned, or -1 with {@link Inotify#Q_OVERFLOW}: events were lost
         * @param mask constants of {@link Inotify}
         * @param name the directory entry as a byte string; empty when the watched file itself is meant
         */
        void onEvent(int watch, int mask, String name);
    }

    /** inotify_init1(2). */
    public Inotify() {
        throw new UnsupportedOperationException();
    }

    /** The descriptor, readable when there are events. */
    public int fd() {
        throw new UnsupportedOperationException();
    }

    /** inotify_add_watch(2); watching a path again changes its mask and returns the same number. */
    public int addWatch(String path, int mask) {
        throw new UnsupportedOperationException();
    }

    /** As {@link #addWatch}, but -1 and then {@link #errno} when it fails. */
    public int tryAddWatch(String path, int mask) {
        throw new UnsupportedOperationException();
    }

    /** Why {@link #tryAddWatch} returned -1. */
    public int errno() {
        throw new UnsupportedOperationException();
    }

    /** inotify_rm_watch(2); a watch that the kernel has removed already is fine. */
    public void removeWatch(int watch) {
        throw new UnsupportedOperationException();
    }

    /** Hands all waiting events to {@code listener}, without waiting for more; returns how many. */
    public int read(Listener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
