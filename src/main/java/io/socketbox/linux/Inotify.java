package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.socketbox.bindings.x86_64.inotify_event;
import io.socketbox.bindings.x86_64.linux_h;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * inotify(7): one descriptor, its buffer and the calls on it, for the one thread that made it. {@link #fd} is
 * non-blocking and close-on-exec and can stand in an epoll set; {@link #close} closes it.
 */
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

    private static final MemorySegment ADD_WATCH = Native.symbol("inotify_add_watch");
    private static final MemorySegment INIT1 = Native.symbol("inotify_init1");
    private static final MemorySegment RM_WATCH = Native.symbol("inotify_rm_watch");
    private static final MemorySegment READ = Native.symbol("read");
    private static final int BUFFER = 16 * 1024;

    private final Frame frame = new Frame();
    private final MemorySegment buffer = frame.allocate(BUFFER);
    private final int fd;
    private int errno;

    /** inotify_init1(2). */
    public Inotify() {
        fd = frame.call(INIT1, linux_h.IN_NONBLOCK() | linux_h.IN_CLOEXEC());
        if (fd < 0) {
            int error = frame.errno();
            frame.close();
            throw new LinuxException("inotify_init", error);
        }
    }

    /** The descriptor, readable when there are events. */
    public int fd() {
        return fd;
    }

    /** inotify_add_watch(2); watching the same file again changes its mask and returns the same number. */
    public int addWatch(String path, int mask) {
        int watch = tryAddWatch(path, mask);
        if (watch < 0) {
            throw new LinuxException("inotify_add_watch " + ByteStrings.display(path), errno);
        }
        return watch;
    }

    /** As {@link #addWatch}, but -1 and then {@link #errno} when it fails. */
    public int tryAddWatch(String path, int mask) {
        try (Frame call = new Frame()) {
            int watch = call.call(ADD_WATCH, fd, call.string(path).address(), mask);
            errno = call.errno();
            return watch;
        }
    }

    /** Why {@link #tryAddWatch} returned -1. */
    public int errno() {
        return errno;
    }

    /** inotify_rm_watch(2); a watch that the kernel has removed already is fine. */
    public void removeWatch(int watch) {
        if (frame.call(RM_WATCH, fd, watch) != 0 && frame.errno() != Errno.EINVAL) {
            frame.fail("inotify_rm_watch " + watch);
        }
    }

    /** Hands all waiting events to {@code listener}, without waiting for more; returns how many. */
    public int read(Listener listener) {
        int events = 0;
        int length;
        while ((length = frame.call(READ, fd, buffer.address(), BUFFER)) > 0) {
            for (long at = 0; at < length; events++) {
                int nameLength = buffer.get(JAVA_INT, at + inotify_event.len$offset());
                long name = at + inotify_event.name$offset();
                listener.onEvent(
                        buffer.get(JAVA_INT, at + inotify_event.wd$offset()),
                        buffer.get(JAVA_INT, at + inotify_event.mask$offset()),
                        nameLength == 0 ? "" : buffer.getString(name, StandardCharsets.ISO_8859_1));
                at = name + nameLength;
            }
        }
        if (length < 0 && frame.errno() != Errno.EAGAIN && frame.errno() != Errno.EINTR) {
            frame.fail("read inotify descriptor " + fd);
        }
        return events;
    }

    /** Closes the descriptor and with it all watches. */
    @Override
    public void close() {
        Descriptors.close(fd);
        frame.close();
    }
}
