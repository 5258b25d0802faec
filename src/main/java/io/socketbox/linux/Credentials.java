package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.socketbox.bindings.x86_64.__user_cap_data_struct;
import io.socketbox.bindings.x86_64.__user_cap_header_struct;
import io.socketbox.bindings.x86_64.linux_h;
import io.socketbox.bindings.x86_64.sock_filter;
import io.socketbox.bindings.x86_64.sock_fprog;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Who this process is and what it may do. Calls throw {@link LinuxException}.
 *
 * <p>setuid, setgid and setgroups go through the C library, which changes every thread (nptl(7)); root directories
 * belong to the process. The others reach the calling thread only.
 */
public final class Credentials {
    private static final MemorySegment CHROOT = Native.symbol("chroot");
    private static final MemorySegment GETEGID = Native.symbol("getegid");
    private static final MemorySegment GETEUID = Native.symbol("geteuid");
    private static final MemorySegment GETGID = Native.symbol("getgid");
    private static final MemorySegment GETUID = Native.symbol("getuid");
    private static final MemorySegment PRCTL = Native.symbol("prctl");
    private static final MemorySegment SETGID = Native.symbol("setgid");
    private static final MemorySegment SETGROUPS = Native.symbol("setgroups");
    private static final MemorySegment SETUID = Native.symbol("setuid");
    private static final MemorySegment SYSCALL = Native.symbol("syscall");

    private Credentials() {}

    /** getuid(2). */
    public static int uid() {
        return get(GETUID);
    }

    /** geteuid(2). */
    public static int effectiveUid() {
        return get(GETEUID);
    }

    /** getgid(2). */
    public static int gid() {
        return get(GETGID);
    }

    /** getegid(2). */
    public static int effectiveGid() {
        return get(GETEGID);
    }

    private static int get(MemorySegment function) {
        try (Frame frame = new Frame()) {
            return frame.call(function, 0);
        }
    }

    /** setuid(2) of every thread. From root to another user, all capabilities go with it. */
    public static void setUid(int uid) {
        try (Frame frame = new Frame()) {
            if (frame.call(SETUID, uid) != 0) {
                frame.fail("setuid " + Integer.toUnsignedString(uid));
            }
        }
    }

    /** setgid(2) of every thread. */
    public static void setGid(int gid) {
        try (Frame frame = new Frame()) {
            if (frame.call(SETGID, gid) != 0) {
                frame.fail("setgid " + Integer.toUnsignedString(gid));
            }
        }
    }

    /** setgroups(2) of every thread; no argument clears the list. */
    public static void setGroups(int... groups) {
        try (Frame frame = new Frame()) {
            MemorySegment list = frame.allocate(Math.max(1, groups.length) * (long) Integer.BYTES);
            MemorySegment.copy(groups, 0, list, JAVA_INT, 0, groups.length);
            if (frame.call(SETGROUPS, groups.length, list.address()) != 0) {
                frame.fail("setgroups to " + groups.length + " groups");
            }
        }
    }

    /** chroot(2), for the whole process; {@code FileCalls.chdir("/")} belongs next, or the old tree stays in reach. */
    public static void chroot(String path) {
        try (Frame frame = new Frame()) {
            if (frame.call(CHROOT, frame.string(path).address()) != 0) {
                frame.fail("chroot " + ByteStrings.display(path));
            }
        }
    }

    /** prctl(2) PR_SET_NO_NEW_PRIVS, for the calling thread and those that it starts from then on. */
    public static void setNoNewPrivileges() {
        try (Frame frame = new Frame()) {
            if (frame.call(PRCTL, linux_h.PR_SET_NO_NEW_PRIVS(), 1, 0, 0, 0, 0) != 0) {
                frame.fail("prctl PR_SET_NO_NEW_PRIVS");
            }
        }
    }

    /**
     * Carries the calling thread's NO_NEW_PRIVS to all threads, which the JVM started long before.
     *
     * <p>There is no call for that, but seccomp(2) does it on the way: installing a filter with
     * SECCOMP_FILTER_FLAG_TSYNC puts every thread under the caller's filters, and sets NO_NEW_PRIVS where the caller
     * has it. The filter itself allows everything; from Linux 5.11 on the kernel keeps such verdicts in a bitmap and
     * does not run the filter.
     */
    public static void carryNoNewPrivilegesToAllThreads() {
        try (Frame frame = new Frame()) {
            MemorySegment filter = frame.allocate(sock_filter.layout().byteSize());
            sock_filter.code(filter, (short) (linux_h.BPF_RET() | linux_h.BPF_K()));
            sock_filter.k(filter, linux_h.SECCOMP_RET_ALLOW());
            MemorySegment program = frame.allocate(sock_fprog.layout().byteSize());
            sock_fprog.len(program, (short) 1);
            // The VarHandle of an address costs milliseconds of every start.
            program.set(JAVA_LONG, sock_fprog.filter$offset(), filter.address());
            int result = frame.call(
                    SYSCALL,
                    Abi.SYS_seccomp,
                    linux_h.SECCOMP_SET_MODE_FILTER(),
                    linux_h.SECCOMP_FILTER_FLAG_TSYNC(),
                    program.address());
            if (result < 0) {
                frame.fail("seccomp SECCOMP_FILTER_FLAG_TSYNC");
            } else if (result > 0) {
                // Thread number "result" has a filter of its own, so the two cannot be brought together.
                throw new LinuxException("seccomp SECCOMP_FILTER_FLAG_TSYNC of thread " + result, Errno.EBUSY);
            }
        }
    }

    /**
     * capset(2): drops the calling thread's capabilities except those in {@code mask}; none is gained. Needs no /proc,
     * and so works after a chroot.
     *
     * @param mask {@link Capability#mask}s or-ed; 0 drops all
     */
    public static void keepCapabilities(long mask) {
        try (Frame frame = new Frame()) {
            MemorySegment header =
                    frame.allocate(__user_cap_header_struct.layout().byteSize());
            __user_cap_header_struct.version(header, linux_h._LINUX_CAPABILITY_VERSION_3());
            long half = __user_cap_data_struct.layout().byteSize();
            MemorySegment data = frame.allocate(2 * half);
            if (frame.call(SYSCALL, Abi.SYS_capget, header.address(), data.address()) != 0) {
                frame.fail("capget");
            }
            for (int i = 0; i < 2; i++) {
                MemorySegment word = data.asSlice(i * half, half);
                int kept = (int) (mask >>> (Integer.SIZE * i));
                __user_cap_data_struct.effective(word, __user_cap_data_struct.effective(word) & kept);
                __user_cap_data_struct.permitted(word, __user_cap_data_struct.permitted(word) & kept);
                __user_cap_data_struct.inheritable(word, __user_cap_data_struct.inheritable(word) & kept);
            }
            if (frame.call(SYSCALL, Abi.SYS_capset, header.address(), data.address()) != 0) {
                frame.fail("capset to " + Long.toHexString(mask));
            }
        }
    }

    /** The privileges of every thread of this process; after a chroot, use a {@link TaskDirectory} opened before. */
    public static List<ThreadStatus> threads() {
        try (TaskDirectory tasks = new TaskDirectory()) {
            return tasks.read();
        }
    }
}
