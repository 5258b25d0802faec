package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.socketbox.bindings.x86_64.linux_h;
import java.lang.foreign.MemorySegment;

/** Signal numbers and dispositions (signal(7)). */
public final class Signals {
    public static final int SIGHUP = linux_h.SIGHUP();
    public static final int SIGINT = linux_h.SIGINT();
    public static final int SIGQUIT = linux_h.SIGQUIT();
    public static final int SIGABRT = linux_h.SIGABRT();
    public static final int SIGKILL = linux_h.SIGKILL();
    public static final int SIGUSR1 = linux_h.SIGUSR1();
    public static final int SIGUSR2 = linux_h.SIGUSR2();
    public static final int SIGPIPE = linux_h.SIGPIPE();
    public static final int SIGALRM = linux_h.SIGALRM();
    public static final int SIGTERM = linux_h.SIGTERM();
    public static final int SIGCHLD = linux_h.SIGCHLD();
    public static final int SIGSTOP = linux_h.SIGSTOP();

    /** The highest signal number, SIGRTMAX. */
    static final int LAST = 64;

    // Compared with the bindings by a test: the generated layout has an array and builds VarHandles, ten milliseconds.
    static final int HANDLER = 0;
    static final int ACTION_SIZE = 152;

    private static final MemorySegment SIGACTION = Native.symbol("sigaction");
    private static final long SIG_DFL = 0;
    private static final long SIG_IGN = 1;

    private Signals() {}

    /** Sets a signal's disposition to the default, so that one that was ignored at start can be handled again. */
    public static void setDefault(int signal) {
        set(signal, SIG_DFL, "SIG_DFL");
    }

    /** Ignores a signal. Programs that this process executes inherit that, but not those of {@link Processes}. */
    public static void ignore(int signal) {
        set(signal, SIG_IGN, "SIG_IGN");
    }

    /** Whether a signal is ignored. */
    public static boolean isIgnored(int signal) {
        try (Frame frame = new Frame()) {
            MemorySegment action = frame.allocate(ACTION_SIZE);
            // The C library keeps two signals for itself and says EINVAL; those are not ignored.
            return frame.call(SIGACTION, signal, 0, action.address()) == 0 && action.get(JAVA_LONG, HANDLER) == SIG_IGN;
        }
    }

    private static void set(int signal, long handler, String name) {
        try (Frame frame = new Frame()) {
            MemorySegment action = frame.allocate(ACTION_SIZE);
            action.set(JAVA_LONG, HANDLER, handler);
            if (frame.call(SIGACTION, signal, action.address(), 0) != 0) {
                frame.fail("sigaction " + signal + " " + name);
            }
        }
    }
}
