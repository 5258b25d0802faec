package io.socketbox.server;

import io.socketbox.linux.Environment;
import io.socketbox.linux.ExitStatus;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Processes;
import io.socketbox.linux.SpawnRequest;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Starts the same program anew, to take this process's place (SIGUSR2). It goes through the launcher, so that an
 * installation that was replaced meanwhile is what starts.
 */
final class Successor {
    private static final String TAKEOVER = "--" + ServerOption.TAKEOVER.longName();
    private static final String THIS_PROGRAM = "/proc/self/exe";
    private static final String FOLDER = "/proc/self/cwd";
    /** What is meant for one process alone. */
    private static final List<String> PERSONAL =
            List.of("WATCHDOG_PID=", "LISTEN_PID=", "LISTEN_FDS=", "LISTEN_FDNAMES=");

    private final ServerOptions options;
    private final List<String> command;
    private final String program;
    private final String folder;
    private final EventLog log;
    private final AtomicBoolean starting = new AtomicBoolean();

    private Successor(ServerOptions options, String program, List<String> command, String folder, EventLog log) {
        this.options = options;
        this.program = program;
        this.command = command;
        this.folder = folder;
        this.log = log;
    }

    /**
     * Finds out how this process was started; to be called before it changes its root or folder.
     *
     * @param invocation of this process.
     */
    static Successor of(ServerOptions options, Invocation invocation, EventLog log) {
        List<String> arguments = invocation.arguments();
        List<String> command = new ArrayList<>();
        String home = System.getProperty("socketbox.home");
        String launcher = home + "/bin/socketbox";
        String program = launcher;
        if (home != null && FileCalls.tryStat(launcher) != null) {
            command.add(launcher);
        } else {
            List<String> all = invocation.commandLine();
            program = FileCalls.readLink(THIS_PROGRAM);
            command.addAll(all.subList(0, all.size() - arguments.size()));
            command.removeIf(word -> word.startsWith("-D" + Readiness.FD_PROPERTY + "="));
        }
        if (!arguments.contains(TAKEOVER)) {
            command.add(TAKEOVER);
        }
        command.addAll(arguments);
        return new Successor(options, program, command, FileCalls.readLink(FOLDER), log);
    }

    /**
     * Starts it, and waits for its end or that of this process, whichever is first; says so when it fails.
     *
     * @param reachable whether it can reach this process, by a control socket.
     */
    void start(boolean reachable) {
        String why = !reachable
                ? "there is no control socket to take over through: start with --control PATH"
                : options.chroot() != null
                        ? "the program cannot be reached after -x; start `socketbox " + TAKEOVER
                                + "` with the same options from outside"
                        : null;
        if (why != null) {
            log.write(Severity.WARNING, "SIGUSR2: " + why);
        } else if (!starting.compareAndSet(false, true)) {
            log.write(Severity.WARNING, "SIGUSR2: a successor is starting already");
        } else {
            spawn();
        }
    }

    private void spawn() {
        try {
            List<String> environment = Environment.entries().stream()
                    .filter(entry -> PERSONAL.stream().noneMatch(entry::startsWith))
                    .toList();
            SpawnRequest request = new SpawnRequest(program, command).environment(environment);
            if (options.daemonize()) {
                request.directory(folder);
            }
            int pid = Processes.spawn(request);
            log.write("SIGUSR2: started process " + pid + " to take over");
            ExitStatus status = Processes.await(pid);
            if (status.code() != ExitCode.OK) {
                log.write(
                        Severity.WARNING,
                        "SIGUSR2: process " + pid + " ended with exit code " + status.code()
                                + " instead of taking over; going on as before");
            }
        } catch (LinuxException e) {
            log.write(
                    Severity.WARNING,
                    "SIGUSR2: " + e.getMessage() + "; is the program still there, and may this user execute it?");
        } finally {
            starting.set(false);
        }
    }
}
