package io.socketbox.server;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.program.SetupException;

/**
 * How a daemon tells the process that started it ({@link Daemon}) how far it came: one byte on a pipe. The daemon's end
 * is close-on-exec, so that a program that {@code -e} executed is the end of file after {@link #EXECUTING}.
 */
final class Readiness {
    /** The system property that names the descriptor of the pipe to the new process. */
    static final String FD_PROPERTY = "socketbox.ready.fd";
    /** Connections are accepted. */
    static final byte READY = 'R';
    /** About to execute a program; if nothing follows, that succeeded. */
    static final byte EXECUTING = 'E';
    /** The program could not be executed. */
    static final byte NOT_EXECUTED = 'F';

    private final int fd;

    /**
     * The daemon's end.
     *
     * @param fd the pipe, or -1 when nobody waits; owned by this object.
     */
    Readiness(int fd) {
        this.fd = fd;
        if (fd >= 0) {
            Descriptors.setCloseOnExec(fd, true);
        }
    }

    /** Whether somebody waits, which is to say: whether this process is a daemon. */
    boolean isAwaited() {
        return fd >= 0;
    }

    /** Says {@link #READY}; nothing can be said after it. */
    void ready() throws SetupException {
        say(READY);
        if (fd >= 0) {
            Descriptors.close(fd);
        }
    }

    /** Says {@link #EXECUTING}. */
    void executing() throws SetupException {
        say(EXECUTING);
    }

    /** Says {@link #NOT_EXECUTED}. */
    void notExecuted() throws SetupException {
        say(NOT_EXECUTED);
    }

    private void say(byte what) throws SetupException {
        if (fd < 0) {
            return;
        }
        try {
            Descriptors.write(fd, new byte[] {what});
        } catch (LinuxException e) {
            throw new SetupException("the command that started this daemon was ended before it was ready", e);
        }
    }
}
