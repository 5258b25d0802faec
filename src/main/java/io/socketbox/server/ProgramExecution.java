package io.socketbox.server;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Environment;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Processes;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.SetupException;
import java.util.ArrayList;
import java.util.List;

/**
 * Becomes the program of {@code -e}. It finds the bound socket by {@code SKBOX_LISTEN_FD}, keeps the descriptors that
 * socketbox was started with and nothing else, and starts with a clean signal mask and dispositions.
 */
final class ProgramExecution {
    private static final String LISTEN_FD = "SKBOX_LISTEN_FD";
    /** What the launcher sets for the Java virtual machine alone. */
    private static final String VIRTUAL_MACHINE_SIGNAL = "_JAVA_SR_SIGNUM";

    private ProgramExecution() {}

    /**
     * Executes the program; returns only when that fails.
     *
     * @param program its name, looked for in PATH, and its arguments; byte strings.
     * @param listenFd the socket to leave to it.
     * @param inherited the descriptors that this process was started with.
     * @param readiness told before and when it fails.
     * @param log for the reason.
     * @return the exit code.
     */
    static int run(List<String> program, int listenFd, List<Integer> inherited, Readiness readiness, EventLog log)
            throws SetupException {
        List<Integer> kept = new ArrayList<>(inherited);
        kept.add(listenFd);
        Descriptors.closeOnExecRange(0, Integer.MAX_VALUE);
        kept.forEach(fd -> Descriptors.setCloseOnExec(fd, false));
        Environment.unset(VIRTUAL_MACHINE_SIGNAL);
        Environment.set(LISTEN_FD, Integer.toString(listenFd));
        readiness.executing();
        LinuxException failure = Processes.exec(program.getFirst(), program);
        log.write(Severity.ERROR, failure.getMessage() + advice(failure.errno(), program.getFirst()));
        readiness.notExecuted();
        return ExitCode.NOT_EXECUTED;
    }

    private static String advice(int errno, String program) {
        if (errno != Errno.ENOENT) {
            return "";
        }
        return program.indexOf('/') < 0
                ? "; '" + ByteStrings.display(program) + "' is in no folder of PATH"
                : "; is it there (-x and -d change what a path means), and its interpreter too?";
    }
}
