package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;

/** Signal numbers and dispositions (signal(7)). */
@SuppressWarnings("DoNotCallSuggester")
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

    private Signals() {}

    /** Sets a signal's disposition to the default, so that one that was ignored at start can be handled again. */
    public static void setDefault(int signal) {
        throw new UnsupportedOperationException();
    }

    /** Ignores a signal; programs that this process executes inherit that. */
    public static void ignore(int signal) {
        throw new UnsupportedOperationException();
    }

    /** Whether a signal is ignored. */
    public static boolean isIgnored(int signal) {
        throw new UnsupportedOperationException();
    }
}
