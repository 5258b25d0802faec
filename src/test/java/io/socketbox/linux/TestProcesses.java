package io.socketbox.linux;

import static io.socketbox.linux.TestLibc.check;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Processes and namespaces for the integration tests: what java.lang.ProcessBuilder cannot do, above all passing
 * descriptors on (posix_spawn(3), setns(2)). Thread-safe but for {@link #enterNetwork} and {@link #becomeUser}, which change their own
 * thread.
 */
public final class TestProcesses {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int SETSIGDEF_AND_SETSIGMASK = 0x04 | 0x08;
    private static final int SIGSET_BYTES = 128;
    /** Larger than glibc's posix_spawnattr_t (336) and posix_spawn_file_actions_t (80). */
    private static final int SPAWN_STRUCT_BYTES = 512;

    /** Above the descriptors 3, 4, … that the child gets, so that no copy is overwritten before its turn. */
    private static final int HIGH = 200;

    /** setresuid(2), as the kernel knows it. */
    private static final int SYS_SETRESUID = "aarch64".equals(System.getProperty("os.arch")) ? 147 : 117;

    private static final MemorySegment OPEN = TestLibc.find("open");
    private static final MemorySegment CLOSE = TestLibc.find("close");
    private static final MemorySegment PIPE2 = TestLibc.find("pipe2");
    private static final MemorySegment FCNTL = TestLibc.find("fcntl");
    private static final MemorySegment KILL = TestLibc.find("kill");
    private static final MemorySegment WAITPID = TestLibc.find("waitpid");
    private static final MemorySegment SYSCALL = TestLibc.find("syscall");
    private static final MemorySegment SETNS = TestLibc.find("setns");
    private static final MemorySegment SPAWN = TestLibc.find("posix_spawnp");
    private static final MemorySegment ATTR_INIT = TestLibc.find("posix_spawnattr_init");
    private static final MemorySegment ATTR_FLAGS = TestLibc.find("posix_spawnattr_setflags");
    private static final MemorySegment ATTR_DEFAULT = TestLibc.find("posix_spawnattr_setsigdefault");
    private static final MemorySegment ATTR_MASK = TestLibc.find("posix_spawnattr_setsigmask");
    private static final MemorySegment FILES_INIT = TestLibc.find("posix_spawn_file_actions_init");
    private static final MemorySegment FILES_DUP2 = TestLibc.find("posix_spawn_file_actions_adddup2");
    private static final MemorySegment FILES_OPEN = TestLibc.find("posix_spawn_file_actions_addopen");
    private static final MemorySegment FILES_CLOSE_FROM = TestLibc.find("posix_spawn_file_actions_addclosefrom_np");

    private TestProcesses() {}

    /**
     * Has the calling thread, and no other of this process, be another user from here on; there is no way back. The kernel
     * has to be asked: glibc would change every thread.
     */
    public static void becomeUser(int uid) throws IOException {
        check("setresuid", TestLibc.call(SYSCALL, SYS_SETRESUID, uid, uid, uid));
    }

    /** Moves the calling platform thread, and it alone, into the network namespace that {@code path} names. */
    public static void enterNetwork(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = check(
                    "open " + path,
                    TestLibc.call(OPEN, TestLibc.string(arena, path.toString()).address(), O_RDONLY_CLOEXEC));
            try {
                check("setns " + path, TestLibc.call(SETNS, fd, CLONE_NEWNET));
            } finally {
                TestLibc.call(CLOSE, fd);
            }
        }
    }

    /** A pipe: {read end, write end}, both close-on-exec and owned by the caller. */
    public static int[] pipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(JAVA_INT, 2);
            check("pipe2", TestLibc.call(PIPE2, pair.address(), O_RDONLY_CLOEXEC));
            return pair.toArray(JAVA_INT);
        }
    }

    /**
     * Starts a program with an empty signal mask and default dispositions.
     *
     * @param command program, looked up in PATH, and arguments.
     * @param outputFd becomes its descriptors 1 and 2; 0 is /dev/null.
     * @param inherited become its descriptors 3, 4, …; it has no others. The caller keeps its own copies.
     * @return the process id, to be reaped with {@link #await}.
     */
    public static int spawn(
            List<String> command, Map<String, String> environment, int outputFd, List<Integer> inherited)
            throws IOException {
        int[] high = new int[inherited.size()];
        try (Arena arena = Arena.ofConfined()) {
            long actions = arena.allocate(SPAWN_STRUCT_BYTES, 16).address();
            returnsErrno("posix_spawn_file_actions_init", TestLibc.call(FILES_INIT, actions));
            String nothing = "/dev/null";
            TestLibc.call(
                    FILES_OPEN, actions, 0, TestLibc.string(arena, nothing).address(), 0, 0);
            TestLibc.call(FILES_DUP2, actions, outputFd, 1);
            TestLibc.call(FILES_DUP2, actions, outputFd, 2);
            for (int i = 0; i < high.length; i++) {
                high[i] = check("F_DUPFD_CLOEXEC", TestLibc.call(FCNTL, inherited.get(i), F_DUPFD_CLOEXEC, HIGH));
                TestLibc.call(FILES_DUP2, actions, high[i], 3 + i);
            }
            TestLibc.call(FILES_CLOSE_FROM, actions, 3 + high.length);
            MemorySegment pid = arena.allocate(JAVA_INT);
            List<String> variables = environment.entrySet().stream()
                    .map(e -> e.getKey() + "=" + e.getValue())
                    .toList();
            returnsErrno(
                    "posix_spawnp " + command,
                    TestLibc.call(
                            SPAWN,
                            pid.address(),
                            TestLibc.string(arena, command.getFirst()).address(),
                            actions,
                            attributes(arena),
                            TestLibc.strings(arena, command).address(),
                            TestLibc.strings(arena, variables).address()));
            return pid.get(JAVA_INT, 0);
        } finally {
            for (int fd : high) {
                if (fd > 0) {
                    TestLibc.call(CLOSE, fd);
                }
            }
        }
    }

    /** Waits for a child to end. @return its exit code, or 128 + the signal that ended it. */
    public static int await(int pid) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(JAVA_INT);
            check("waitpid " + pid, TestLibc.call(WAITPID, pid, status.address(), 0));
            int value = status.get(JAVA_INT, 0);
            return (value & 0x7f) == 0 ? value >> 8 & 0xff : 128 + (value & 0x7f);
        }
    }

    /** Sends {@code signal} to the process {@code pid}, which the caller has started. */
    public static void kill(int pid, int signal) throws IOException {
        if (pid <= 1) {
            throw new IOException("no process of ours: " + pid);
        }
        check("kill " + pid, TestLibc.call(KILL, pid, signal));
    }

    private static long attributes(Arena arena) throws IOException {
        long attributes = arena.allocate(SPAWN_STRUCT_BYTES, 16).address();
        returnsErrno("posix_spawnattr_init", TestLibc.call(ATTR_INIT, attributes));
        MemorySegment none = arena.allocate(SIGSET_BYTES, 8);
        MemorySegment all = arena.allocate(SIGSET_BYTES, 8);
        // Signals 1 to 64 but KILL and STOP, and glibc's own 32 and 33, whose disposition cannot be set.
        long settable = ~(1L << 8 | 1L << 18 | 1L << 31 | 1L << 32);
        all.set(JAVA_LONG, 0, settable);
        TestLibc.call(ATTR_MASK, attributes, none.address());
        TestLibc.call(ATTR_DEFAULT, attributes, all.address());
        TestLibc.call(ATTR_FLAGS, attributes, SETSIGDEF_AND_SETSIGMASK);
        return attributes;
    }

    /** The posix_spawn family answers the error itself and leaves errno alone. */
    private static void returnsErrno(String what, int error) throws IOException {
        check(what, -error);
    }
}
