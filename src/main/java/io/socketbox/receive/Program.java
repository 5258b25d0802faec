package io.socketbox.receive;

import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Platform;
import io.socketbox.linux.UnsupportedPlatformException;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.Invocation;
import io.socketbox.program.LogWriter;
import io.socketbox.program.ServiceManager;
import io.socketbox.program.SetupException;
import io.socketbox.program.SignalHandling;
import io.socketbox.program.UsageException;

/** A program that receives connections, from its command line to its exit code. Never ends the process itself. */
public final class Program {
    /** Ended as asked. */
    public static final int OK = 0;
    /** Bad usage, a failed start, or an error of its own. */
    public static final int FAILED = 1;

    /** What a command line may ask for. */
    public enum Task {
        SERVE,
        CHECK,
        VERSION,
        HELP;

        /** What is to be done when both are asked for: help goes before anything else, serving comes last. */
        public Task or(Task other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /** What a program does. */
    @FunctionalInterface
    public interface Body {
        /** Does it; returns the exit code. */
        int run() throws UsageException, SetupException;
    }

    private final Invocation invocation;
    private final EventLog log;

    /** @param log where it says what went wrong. */
    public Program(Invocation invocation, EventLog log) {
        this.invocation = invocation;
        this.log = log;
    }

    /** Runs the body; an error is said in a line, or some, and is the exit code. */
    public int run(Body body) {
        try {
            Platform.require();
            return body.run();
        } catch (UsageException | SetupException | LinuxException | UnsupportedPlatformException e) {
            e.getMessage().lines().forEach(line -> log.write(Severity.ERROR, line));
            return FAILED;
        }
    }

    /**
     * Runs an agent to its end, and writes the log meanwhile.
     *
     * @param ready what it says when it is.
     * @param ending what it says when the first SIGTERM or SIGINT comes.
     */
    public int serve(ReceivingAgent agent, String ready, String ending) {
        ServiceManager manager = new ServiceManager(invocation.environment().get("NOTIFY_SOCKET"), log);
        LogWriter writer = new LogWriter(log, agent.thread().over());
        SignalHandling.install(
                ending,
                () -> {
                    manager.say(ServiceManager.STOPPING);
                    agent.stop();
                },
                agent::reload,
                log,
                invocation.halt());
        agent.thread().start(agent);
        log.write("ready: " + ready);
        manager.say(ServiceManager.READY);
        writer.run();
        return agent.thread().failed() ? FAILED : OK;
    }
}
