package io.socketbox.receive;

import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NoOpIdleStrategy;

/**
 * The thread of a program's only agent. A system call that must not fail ends it, any other error of the agent's own is
 * logged, and both make the program a failed one. Any thread.
 */
public final class AgentThread {
    private final EventLog log;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean failed;

    /** @param log for errors of the agent's own. */
    public AgentThread(EventLog log) {
        this.log = log;
    }

    /** Runs an agent until it terminates itself. Once only. */
    public void start(Agent agent) {
        AgentRunner runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, this::notice, null, agent);
        AgentRunner.startOnThread(runner, task -> {
            Thread thread = new Thread(() -> run(task), agent.roleName());
            thread.setDaemon(true);
            return thread;
        });
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            over.countDown();
        }
    }

    private void notice(Throwable failure) {
        if (!(failure instanceof AgentTerminationException)) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            log.offer(Severity.ERROR, "internal error: " + trace);
            failed = true;
        }
    }

    /** What the agent's turn has to throw for a failed call. */
    public AgentTerminationException fatal(LinuxException failure) {
        notice(failure);
        return new AgentTerminationException(failure);
    }

    /** Counted down when the agent has closed. */
    public CountDownLatch over() {
        return over;
    }

    /** Whether there was an error of its own. */
    public boolean failed() {
        return failed;
    }
}
