package io.socketbox.linux;

import java.util.List;

/**
 * Starting, replacing and awaiting programs. Strings are byte strings. Calls throw {@link LinuxException}.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Processes {
    private Processes() {}

    /**
     * posix_spawn(3). Everything from 3 up is closed in the child except what {@code request} names; its signal mask is empty and
     * all dispositions are the default.
     *
     * @return the child's process id, to be awaited with {@link #await} or {@link #poll}
     */
    public static int spawn(SpawnRequest request) {
        throw new UnsupportedOperationException();
    }

    /**
     * execvp(3): replaces this process, with an empty signal mask and all dispositions at their default, also of signals
     * that were ignored. The environment is {@link #environment()}. Descriptors that must not survive are the caller's business:
     * {@link Descriptors#closeOnExecRange}.
     *
     * @throws LinuxException always, when it returns at all
     */
    public static void exec(String path, List<String> arguments) {
        throw new UnsupportedOperationException();
    }

    /** The C library's environment, {@code NAME=value}; {@code System.getenv} does not see changes. */
    public static List<String> environment() {
        throw new UnsupportedOperationException();
    }

    /** setenv(3) with overwriting. Not while another thread reads the environment. */
    public static void setEnvironment(String name, String value) {
        throw new UnsupportedOperationException();
    }

    /** unsetenv(3). */
    public static void unsetEnvironment(String name) {
        throw new UnsupportedOperationException();
    }

    /** waitpid(2): waits for the end of a child. */
    public static ExitStatus await(int pid) {
        throw new UnsupportedOperationException();
    }

    /** waitpid(2) WNOHANG: the child's end, or null while it runs. */
    public static ExitStatus poll(int pid) {
        throw new UnsupportedOperationException();
    }

    /** kill(2); {@code signal} is one of {@link Signals}, or 0 to ask whether the process exists. */
    public static void kill(int pid, int signal) {
        throw new UnsupportedOperationException();
    }

    /** pidfd_open(2): a close-on-exec descriptor that becomes readable when the process ends. */
    public static int openPidFd(int pid) {
        throw new UnsupportedOperationException();
    }

    /** getpid(2). */
    public static int pid() {
        throw new UnsupportedOperationException();
    }

    /** argv of this very process, the JVM's options included, from /proc/self/cmdline; Java's decoding loses bytes under LANG=C. */
    public static List<String> rawArguments() {
        throw new UnsupportedOperationException();
    }
}
