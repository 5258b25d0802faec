package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.socketbox.bindings.x86_64.group;
import io.socketbox.bindings.x86_64.passwd;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The user and group databases (nsswitch.conf(5)). Names are byte strings; calls throw {@link LinuxException}. */
public final class UserDatabase {
    private static final MemorySegment GETGRNAM_R = Native.symbol("getgrnam_r");
    private static final MemorySegment GETPWNAM_R = Native.symbol("getpwnam_r");
    private static final MemorySegment GETPWUID_R = Native.symbol("getpwuid_r");
    private static final int FIRST_BUFFER = 4096;

    private UserDatabase() {}

    /** getpwnam_r(3). */
    public static Optional<User> userByName(String name) {
        try (Frame frame = new Frame()) {
            long key = frame.string(name).address();
            MemorySegment entry = frame.allocate(passwd.layout().byteSize());
            boolean found = find(frame, GETPWNAM_R, key, entry, "getpwnam " + ByteStrings.display(name));
            return found ? Optional.of(user(entry)) : Optional.empty();
        }
    }

    /** getpwuid_r(3). */
    public static Optional<User> userById(int uid) {
        try (Frame frame = new Frame()) {
            MemorySegment entry = frame.allocate(passwd.layout().byteSize());
            boolean found = find(frame, GETPWUID_R, uid, entry, "getpwuid " + Integer.toUnsignedString(uid));
            return found ? Optional.of(user(entry)) : Optional.empty();
        }
    }

    /** getgrnam_r(3). */
    public static Optional<Group> groupByName(String name) {
        try (Frame frame = new Frame()) {
            long key = frame.string(name).address();
            MemorySegment entry = frame.allocate(group.layout().byteSize());
            boolean found = find(frame, GETGRNAM_R, key, entry, "getgrnam " + ByteStrings.display(name));
            return found ? Optional.of(new Group(name(group.gr_name(entry)), group.gr_gid(entry))) : Optional.empty();
        }
    }

    private static User user(MemorySegment entry) {
        return new User(name(passwd.pw_name(entry)), passwd.pw_uid(entry), passwd.pw_gid(entry));
    }

    private static String name(MemorySegment pointer) {
        return pointer.getString(0, StandardCharsets.ISO_8859_1);
    }

    /** These functions return the error number, and ERANGE while the buffer for the strings is too small. */
    private static boolean find(Frame frame, MemorySegment function, long key, MemorySegment entry, String attempt) {
        MemorySegment result = frame.allocate(Long.BYTES);
        for (long size = FIRST_BUFFER; ; size *= 2) {
            long buffer = frame.allocate(size).address();
            int error = frame.call(function, key, entry.address(), buffer, size, result.address(), 0);
            if (error == 0) {
                return result.get(JAVA_LONG, 0) != 0;
            } else if (isNotFound(error)) {
                return false;
            } else if (error != Errno.ERANGE) {
                throw new LinuxException(attempt, error);
            }
        }
    }

    /** What getpwnam(3) lists under ERRORS as ways in which databases say that there is no such entry. */
    private static boolean isNotFound(int error) {
        return error == Errno.ENOENT || error == Errno.ESRCH || error == Errno.EBADF || error == Errno.EPERM;
    }
}
