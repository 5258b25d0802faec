package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.socketbox.bindings.x86_64.linux_h;
import io.socketbox.bindings.x86_64.rlimit;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calls on descriptors outside of the hot loop. They throw {@link LinuxException}. Any thread may use them. Descriptors
 * that they return are close-on-exec, except where said otherwise, and belong to the caller.
 */
public final class Descriptors {
    private static final MemorySegment CLOSE = Native.symbol("close");
    private static final MemorySegment CLOSE_RANGE = Native.symbol("close_range");
    private static final MemorySegment DUP = Native.symbol("dup");
    private static final MemorySegment DUP3 = Native.symbol("dup3");
    private static final MemorySegment EVENTFD = Native.symbol("eventfd");
    private static final MemorySegment FCNTL = Native.symbol("fcntl");
    private static final MemorySegment GETRLIMIT = Native.symbol("getrlimit");
    private static final MemorySegment PIPE2 = Native.symbol("pipe2");
    private static final MemorySegment READ = Native.symbol("read");
    private static final MemorySegment SETRLIMIT = Native.symbol("setrlimit");
    private static final MemorySegment WRITE = Native.symbol("write");

    private static final int O_CLOEXEC = linux_h.O_CLOEXEC();
    private static final int O_NONBLOCK = linux_h.O_NONBLOCK();

    private Descriptors() {}

    /** close(2). */
    public static void close(int fd) {
        try (Frame frame = new Frame()) {
            if (frame.call(CLOSE, fd) != 0) {
                frame.fail("close descriptor " + fd);
            }
        }
    }

    /** read(2) of at most {@code maxBytes}; empty at the end. */
    public static byte[] read(int fd, int maxBytes) {
        try (Frame frame = new Frame()) {
            MemorySegment memory = frame.allocate(maxBytes);
            int length = frame.call(READ, fd, memory.address(), maxBytes);
            if (length < 0) {
                frame.fail("read descriptor " + fd);
            }
            return memory.asSlice(0, length).toArray(JAVA_BYTE);
        }
    }

    /** write(2) until all bytes are written. */
    public static void write(int fd, byte[] bytes) {
        try (Frame frame = new Frame()) {
            MemorySegment memory = frame.bytes(bytes);
            int done = 0;
            while (done < bytes.length) {
                int written = frame.call(WRITE, fd, memory.address() + done, bytes.length - done);
                if (written < 0 && frame.errno() != Errno.EINTR) {
                    frame.fail("write " + bytes.length + " bytes to descriptor " + fd);
                }
                done += Math.max(0, written);
            }
        }
    }

    /** pipe2(2): the reading end, the writing end. */
    public static int[] pipe() {
        try (Frame frame = new Frame()) {
            MemorySegment ends = frame.allocate(2 * Integer.BYTES);
            if (frame.call(PIPE2, ends.address(), O_CLOEXEC) != 0) {
                frame.fail("pipe");
            }
            return ends.toArray(JAVA_INT);
        }
    }

    /** fcntl(2) F_SETPIPE_SZ: how many bytes a pipe holds. */
    public static void setPipeSize(int fd, int bytes) {
        fcntl(fd, linux_h.F_SETPIPE_SZ(), "F_SETPIPE_SZ", bytes);
    }

    /** dup(2): the lowest free number, kept across exec. */
    public static int dup(int fd) {
        try (Frame frame = new Frame()) {
            int copy = frame.call(DUP, fd);
            return copy >= 0 ? copy : frame.fail("dup descriptor " + fd);
        }
    }

    /** fcntl(2) F_DUPFD_CLOEXEC: the lowest free number from {@code lowest} on. */
    public static int dupFrom(int fd, int lowest) {
        try (Frame frame = new Frame()) {
            int copy = frame.call(FCNTL, fd, linux_h.F_DUPFD_CLOEXEC(), lowest);
            return copy >= 0 ? copy : frame.fail("dup descriptor " + fd + " from " + lowest + " on");
        }
    }

    /** dup3(2): makes {@code target} a copy of {@code fd}, closing what it was; the two must differ. */
    public static void dup3(int fd, int target, boolean closeOnExec) {
        try (Frame frame = new Frame()) {
            if (frame.call(DUP3, fd, target, closeOnExec ? O_CLOEXEC : 0) < 0) {
                frame.fail("dup descriptor " + fd + " to " + target);
            }
        }
    }

    /** Whether {@code fd} is open at all. */
    public static boolean isOpen(int fd) {
        try (Frame frame = new Frame()) {
            return frame.call(FCNTL, fd, linux_h.F_GETFD()) >= 0;
        }
    }

    /** FD_CLOEXEC of this one descriptor. */
    public static boolean isCloseOnExec(int fd) {
        return (fcntl(fd, linux_h.F_GETFD(), "F_GETFD", 0) & linux_h.FD_CLOEXEC()) != 0;
    }

    /** Sets or clears FD_CLOEXEC. */
    public static void setCloseOnExec(int fd, boolean closeOnExec) {
        fcntl(fd, linux_h.F_SETFD(), "F_SETFD", closeOnExec ? linux_h.FD_CLOEXEC() : 0);
    }

    /** O_NONBLOCK of the open file. */
    public static boolean isNonBlocking(int fd) {
        return (fcntl(fd, linux_h.F_GETFL(), "F_GETFL", 0) & O_NONBLOCK) != 0;
    }

    /** Sets or clears O_NONBLOCK, for everybody who has this open file. */
    public static void setNonBlocking(int fd, boolean nonBlocking) {
        int flags = fcntl(fd, linux_h.F_GETFL(), "F_GETFL", 0);
        fcntl(fd, linux_h.F_SETFL(), "F_SETFL", nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
    }

    private static int fcntl(int fd, int command, String name, int argument) {
        try (Frame frame = new Frame()) {
            int result = frame.call(FCNTL, fd, command, argument);
            return result >= 0 ? result : frame.fail("fcntl " + name + " of descriptor " + fd);
        }
    }

    /**
     * close_range(2) with CLOSE_RANGE_CLOEXEC: all descriptors of the range, both ends included, will close on exec.
     */
    public static void closeOnExecRange(int first, int last) {
        try (Frame frame = new Frame()) {
            if (frame.call(CLOSE_RANGE, first, last, linux_h.CLOSE_RANGE_CLOEXEC()) != 0) {
                frame.fail("close_range " + first + " to " + last);
            }
        }
    }

    /** The open descriptors and what /proc/self/fd says they are, such as {@code socket:[12345]}. */
    public static Map<Integer, String> list() {
        Map<Integer, String> open = new TreeMap<>();
        int directory = FileCalls.open("/proc/self/fd", FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0);
        try {
            for (String name : DirectoryReader.names(directory)) {
                int fd = Integer.parseInt(name);
                String target = linkOrNull("/proc/self/fd/" + name);
                if (target != null && fd != directory) {
                    open.put(fd, target);
                }
            }
        } finally {
            close(directory);
        }
        return open;
    }

    private static String linkOrNull(String path) {
        try {
            return FileCalls.readLink(path);
        } catch (LinuxException e) {
            return null;
        }
    }

    /** eventfd(2), non-blocking, with a counter of 0; {@link HotCalls#drainEventFd} reads it. */
    public static int eventFd() {
        try (Frame frame = new Frame()) {
            int fd = frame.call(EVENTFD, 0, linux_h.EFD_CLOEXEC() | linux_h.EFD_NONBLOCK());
            return fd >= 0 ? fd : frame.fail("eventfd");
        }
    }

    /** Adds one to the counter of an eventfd, which wakes who waits for it. A counter that is full does so already. */
    public static void signalEventFd(int fd) {
        try (Frame frame = new Frame()) {
            MemorySegment one = frame.allocate(Long.BYTES);
            one.set(java.lang.foreign.ValueLayout.JAVA_LONG, 0, 1);
            if (frame.call(WRITE, fd, one.address(), Long.BYTES) < 0 && frame.errno() != Errno.EAGAIN) {
                frame.fail("write to eventfd " + fd);
            }
        }
    }

    /** getrlimit(2) RLIMIT_NOFILE. A limit of -1 means none. */
    public static DescriptorLimit limit() {
        try (Frame frame = new Frame()) {
            MemorySegment limit = frame.allocate(rlimit.layout().byteSize());
            if (frame.call(GETRLIMIT, linux_h.RLIMIT_NOFILE(), limit.address()) != 0) {
                frame.fail("getrlimit RLIMIT_NOFILE");
            }
            return new DescriptorLimit(rlimit.rlim_cur(limit), rlimit.rlim_max(limit));
        }
    }

    /** setrlimit(2) RLIMIT_NOFILE. */
    public static void setLimit(DescriptorLimit wanted) {
        try (Frame frame = new Frame()) {
            MemorySegment limit = frame.allocate(rlimit.layout().byteSize());
            rlimit.rlim_cur(limit, wanted.soft());
            rlimit.rlim_max(limit, wanted.hard());
            if (frame.call(SETRLIMIT, linux_h.RLIMIT_NOFILE(), limit.address()) != 0) {
                frame.fail("setrlimit RLIMIT_NOFILE " + wanted.soft() + ":" + wanted.hard());
            }
        }
    }
}
