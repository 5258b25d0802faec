package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.socketbox.bindings.x86_64.linux_h;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Calls on paths, which are byte strings. They throw {@link LinuxException}. Any thread may use them; working directory
 * and umask belong to the whole process.
 */
public final class FileCalls {
    public static final int O_RDONLY = linux_h.O_RDONLY();
    public static final int O_WRONLY = linux_h.O_WRONLY();
    public static final int O_RDWR = linux_h.O_RDWR();
    public static final int O_CREAT = linux_h.O_CREAT();
    public static final int O_EXCL = linux_h.O_EXCL();
    public static final int O_TRUNC = linux_h.O_TRUNC();
    public static final int O_APPEND = linux_h.O_APPEND();
    public static final int O_NONBLOCK = linux_h.O_NONBLOCK();
    public static final int O_PATH = linux_h.O_PATH();
    public static final int O_DIRECTORY = Abi.O_DIRECTORY;
    public static final int O_NOFOLLOW = Abi.O_NOFOLLOW;

    private static final int O_CLOEXEC = linux_h.O_CLOEXEC();
    private static final int AT_FDCWD = linux_h.AT_FDCWD();
    private static final int PATH_MAX = 4096;
    private static final int CHUNK = 16 * 1024;

    private static final MemorySegment CHDIR = Native.symbol("chdir");
    private static final MemorySegment CHMOD = Native.symbol("chmod");
    private static final MemorySegment CHOWN = Native.symbol("chown");
    private static final MemorySegment FSTAT = Native.symbol("fstat");
    private static final MemorySegment LSTAT = Native.symbol("lstat");
    private static final MemorySegment OPENAT = Native.symbol("openat");
    private static final MemorySegment READLINK = Native.symbol("readlink");
    private static final MemorySegment STAT = Native.symbol("stat");
    private static final MemorySegment UMASK = Native.symbol("umask");
    private static final MemorySegment UNLINK = Native.symbol("unlink");

    private FileCalls() {}

    /**
     * open(2), close-on-exec; the descriptor is the caller's.
     *
     * @param flags O_ constants of this class
     * @param mode permissions of a file that is made; else 0
     */
    public static int open(String path, int flags, int mode) {
        return openAt(AT_FDCWD, path, flags, mode);
    }

    /** openat(2): a relative path starts at the directory that {@code directoryFd} is open on. */
    public static int openAt(int directoryFd, String path, int flags, int mode) {
        try (Frame frame = new Frame()) {
            int fd = frame.call(OPENAT, directoryFd, frame.string(path).address(), flags | O_CLOEXEC, mode);
            return fd >= 0 ? fd : frame.fail("open " + ByteStrings.display(path));
        }
    }

    /** All bytes of a file, to its end. */
    public static byte[] readAll(String path) {
        int fd = open(path, O_RDONLY, 0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            byte[] chunk = Descriptors.read(fd, CHUNK);
            while (chunk.length > 0) {
                bytes.writeBytes(chunk);
                chunk = Descriptors.read(fd, CHUNK);
            }
        } finally {
            Descriptors.close(fd);
        }
        return bytes.toByteArray();
    }

    /** unlink(2). */
    public static void unlink(String path) {
        try (Frame frame = new Frame()) {
            if (frame.call(UNLINK, frame.string(path).address()) != 0) {
                frame.fail("unlink " + ByteStrings.display(path));
            }
        }
    }

    /** chmod(2). */
    public static void chmod(String path, int mode) {
        try (Frame frame = new Frame()) {
            if (frame.call(CHMOD, frame.string(path).address(), mode) != 0) {
                frame.fail("chmod " + Integer.toOctalString(mode) + " " + ByteStrings.display(path));
            }
        }
    }

    /** chown(2); -1 leaves an id as it is. */
    public static void chown(String path, int uid, int gid) {
        try (Frame frame = new Frame()) {
            if (frame.call(CHOWN, frame.string(path).address(), uid, gid) != 0) {
                frame.fail("chown " + uid + ":" + gid + " " + ByteStrings.display(path));
            }
        }
    }

    /** stat(2), which follows symbolic links. */
    public static FileStatus stat(String path) {
        try (Frame frame = new Frame()) {
            return status(frame, STAT, frame.string(path).address(), "stat " + ByteStrings.display(path));
        }
    }

    /** As {@link #stat}, but null where it fails: for files that are expected to come and go. */
    public static FileStatus tryStat(String path) {
        try (Frame frame = new Frame()) {
            MemorySegment stat = frame.allocate(Abi.Stat.SIZE);
            return frame.call(STAT, frame.string(path).address(), stat.address()) == 0 ? status(stat) : null;
        }
    }

    /** lstat(2), of a symbolic link itself. */
    public static FileStatus lstat(String path) {
        try (Frame frame = new Frame()) {
            return status(frame, LSTAT, frame.string(path).address(), "lstat " + ByteStrings.display(path));
        }
    }

    /** fstat(2). */
    public static FileStatus fstat(int fd) {
        try (Frame frame = new Frame()) {
            return status(frame, FSTAT, fd, "fstat descriptor " + fd);
        }
    }

    private static FileStatus status(Frame frame, MemorySegment function, long subject, String attempt) {
        MemorySegment stat = frame.allocate(Abi.Stat.SIZE);
        if (frame.call(function, subject, stat.address()) != 0) {
            frame.fail(attempt);
        }
        return status(stat);
    }

    private static FileStatus status(MemorySegment stat) {
        return new FileStatus(
                stat.get(JAVA_LONG, Abi.Stat.DEVICE),
                stat.get(JAVA_LONG, Abi.Stat.INODE),
                stat.get(JAVA_INT, Abi.Stat.MODE),
                stat.get(JAVA_INT, Abi.Stat.UID),
                stat.get(JAVA_INT, Abi.Stat.GID),
                stat.get(JAVA_LONG, Abi.Stat.LENGTH));
    }

    /** readlink(2): the target as a byte string. */
    public static String readLink(String path) {
        try (Frame frame = new Frame()) {
            MemorySegment target = frame.allocate(PATH_MAX);
            int length = frame.call(READLINK, frame.string(path).address(), target.address(), PATH_MAX);
            if (length < 0) {
                frame.fail("readlink " + ByteStrings.display(path));
            }
            return new String(target.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.ISO_8859_1);
        }
    }

    /** chdir(2) for the whole process; Java's own idea of the working directory ({@code user.dir}) does not follow. */
    public static void chdir(String path) {
        try (Frame frame = new Frame()) {
            if (frame.call(CHDIR, frame.string(path).address()) != 0) {
                frame.fail("chdir " + ByteStrings.display(path));
            }
        }
    }

    /** umask(2); returns the previous mask. */
    public static int umask(int mask) {
        try (Frame frame = new Frame()) {
            return frame.call(UMASK, mask);
        }
    }
}
