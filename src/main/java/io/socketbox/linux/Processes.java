package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.socketbox.bindings.x86_64.__sigset_t;
import io.socketbox.bindings.x86_64.linux_h;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starting, replacing and awaiting programs. Strings are byte strings. Calls throw {@link LinuxException}. */
public final class Processes {
    private static final MemorySegment EXECVP = Native.symbol("execvp");
    private static final MemorySegment GETPID = Native.symbol("getpid");
    private static final MemorySegment KILL = Native.symbol("kill");
    private static final MemorySegment PTHREAD_SIGMASK = Native.symbol("pthread_sigmask");
    private static final MemorySegment SYSCALL = Native.symbol("syscall");
    private static final MemorySegment WAITPID = Native.symbol("waitpid");

    private Processes() {}

    /**
     * posix_spawn(3). Everything from 3 up is closed in the child except what {@code request} names; its signal mask is
     * empty and all dispositions are the default. A program that cannot be executed is reported here, by an exception.
     *
     * @return the child's process id, to be awaited with {@link #await} or {@link #poll}
     */
    public static int spawn(SpawnRequest request) {
        try (Spawner spawner = new Spawner(request)) {
            return spawner.spawn(request.standardIn(), request.standardOut(), request.standardError(), List.of());
        }
    }

    /**
     * execvp(3): replaces this process by a program, with the {@link Environment}, an empty signal mask, and all
     * dispositions at their default, also of signals that were ignored. Descriptors that must not survive are the
     * caller's business: {@link Descriptors#closeOnExecRange}.
     *
     * @return why it failed; it returns for no other reason
     */
    public static LinuxException exec(String path, List<String> arguments) {
        try (Frame frame = new Frame()) {
            // Handlers become the default by themselves, and the JVM needs its own until the very end.
            for (int signal = 1; signal <= Signals.LAST; signal++) {
                if (Signals.isIgnored(signal)) {
                    Signals.setDefault(signal);
                }
            }
            MemorySegment none = frame.allocate(__sigset_t.layout().byteSize());
            MemorySegment before = frame.allocate(__sigset_t.layout().byteSize());
            long program = frame.string(path).address();
            long argv = frame.strings(arguments).address();
            frame.call(PTHREAD_SIGMASK, linux_h.SIG_SETMASK(), none.address(), before.address());
            frame.call(EXECVP, program, argv);
            LinuxException failure = new LinuxException("exec " + ByteStrings.display(path), frame.errno());
            frame.call(PTHREAD_SIGMASK, linux_h.SIG_SETMASK(), before.address(), 0);
            return failure;
        }
    }

    /** waitpid(2): waits for the end of a child. */
    public static ExitStatus await(int pid) {
        return waitFor(pid, 0).orElseThrow();
    }

    /** waitpid(2) WNOHANG: how the child ended, or empty while it runs. */
    public static Optional<ExitStatus> poll(int pid) {
        return waitFor(pid, linux_h.WNOHANG());
    }

    private static Optional<ExitStatus> waitFor(int pid, int flags) {
        try (Frame frame = new Frame()) {
            MemorySegment status = frame.allocate(Integer.BYTES);
            int ended = frame.call(WAITPID, pid, status.address(), flags);
            while (ended < 0 && frame.errno() == Errno.EINTR) {
                ended = frame.call(WAITPID, pid, status.address(), flags);
            }
            if (ended < 0) {
                frame.fail("waitpid " + pid);
            }
            return ended == 0 ? Optional.empty() : Optional.of(new ExitStatus(status.get(JAVA_INT, 0)));
        }
    }

    /** kill(2); {@code signal} is one of {@link Signals}, or 0 to ask whether the process exists. */
    public static void kill(int pid, int signal) {
        try (Frame frame = new Frame()) {
            if (frame.call(KILL, pid, signal) != 0) {
                frame.fail("kill " + pid + " with signal " + signal);
            }
        }
    }

    /** pidfd_open(2): a close-on-exec descriptor, the caller's, that becomes readable when the process ends. */
    public static int openPidFd(int pid) {
        try (Frame frame = new Frame()) {
            int fd = frame.call(SYSCALL, linux_h.SYS_pidfd_open(), pid, 0);
            return fd >= 0 ? fd : frame.fail("pidfd_open " + pid);
        }
    }

    /** getpid(2). */
    public static int pid() {
        try (Frame frame = new Frame()) {
            return frame.call(GETPID, 0);
        }
    }

    /**
     * argv of this very process, from /proc/self/cmdline: the JVM, its options, and last the program's own arguments.
     * What {@code main} is given has lost the bytes that the locale does not know.
     */
    public static List<String> rawArguments() {
        List<String> arguments = new ArrayList<>();
        String all = ByteStrings.of(FileCalls.readAll("/proc/self/cmdline"));
        for (int start = 0; start < all.length(); ) {
            int end = all.indexOf('\0', start);
            arguments.add(all.substring(start, end));
            start = end + 1;
        }
        return arguments;
    }
}
