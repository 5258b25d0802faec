package io.socketbox.dispatch;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.HotCalls;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;

/**
 * How other threads reach an agent that sleeps in {@code epoll_wait}: a queue of commands and an eventfd(2) that wakes
 * it.
 *
 * <p>Any thread posts. The agent's thread runs the commands and closes; what is posted after that is dropped, since there
 * is nothing left that it could be done to.
 */
public final class Mailbox {
    /** Commands that run in a row, so that the agent's other work need not wait for many. */
    private static final int BATCH = 64;

    private final ManyToOneConcurrentLinkedQueue<Runnable> commands = new ManyToOneConcurrentLinkedQueue<>();
    private final int eventFd = Descriptors.eventFd();
    private boolean closed;

    /** The descriptor that is readable while there may be commands; owned here. */
    public int eventFd() {
        return eventFd;
    }

    /**
     * Has the agent's thread run a command soon.
     *
     * @return false when the agent has ended, and never will.
     */
    public synchronized boolean post(Runnable command) {
        if (!closed) {
            commands.offer(command);
            Descriptors.signalEventFd(eventFd);
        }
        return !closed;
    }

    /** Runs what was posted, in order; of very many commands the first, so that the eventfd stays readable. */
    public void run(HotCalls calls) {
        calls.drainEventFd(eventFd);
        int left = BATCH;
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
            if (--left == 0) {
                Descriptors.signalEventFd(eventFd);
                return;
            }
        }
    }

    /** Closes the eventfd. */
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Descriptors.close(eventFd);
        }
    }
}
