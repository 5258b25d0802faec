package io.socketbox.handoff;

import io.socketbox.observe.ConnectionLog;
import io.socketbox.observe.Counter;
import io.socketbox.observe.Counters;
import io.socketbox.observe.DestinationStatistics;
import io.socketbox.observe.Statistics;

/**
 * Writes down what becomes of connections: in the totals, in the statistics of their destination, and, where that is asked
 * for, a record of each. One thread; allocates nothing for a connection.
 */
public final class Ledger {
    private final Statistics statistics;
    private final Counters totals;
    private final ConnectionLog connections;

    /**
     * A ledger of one dispatcher.
     *
     * @param statistics of the dispatcher.
     * @param connections gets a record of each connection; null for none.
     */
    public Ledger(Statistics statistics, ConnectionLog connections) {
        this.statistics = statistics;
        this.totals = statistics.totals();
        this.connections = connections;
    }

    /** The statistics of a target, which is known from then on. */
    DestinationStatistics of(Target target) {
        if (target.statistics == null) {
            target.statistics = statistics.destination(target.logName(), target::stateName);
        }
        return target.statistics;
    }

    /** A target is gone for good. */
    void forget(Target target) {
        if (target.statistics != null && !target.isFromTemplate()) {
            statistics.forget(target.statistics);
        }
        target.statistics = null;
    }

    /** A connection that had not to wait was sent to a target. */
    void handedOff(Target target, int fd) {
        sent(target, fd, statistics.handedOff());
    }

    /** A connection that had to wait since {@code arrivalNs} was sent to a target. */
    void handedOff(Target target, int fd, long arrivalNs) {
        sent(target, fd, statistics.handedOff(arrivalNs));
    }

    private void sent(Target target, int fd, long durationNs) {
        statistics.ended(fd, Counter.HANDED_OFF);
        count(target, Counter.HANDED_OFF);
        if (connections != null) {
            connections.ended(fd, Counter.HANDED_OFF, durationNs, target.toString());
        }
    }

    /** A connection for a target is closed, {@code durationNs} after it began to wait. */
    void closed(Target target, int fd, Counter reason, long durationNs) {
        statistics.ended(fd, reason);
        count(target, reason);
        if (connections != null) {
            connections.ended(fd, reason, durationNs, target.toString());
        }
    }

    /**
     * A connection for which there is no target is closed.
     *
     * @param fd     which; {@link Statistics#decided} and {@link ConnectionLog#began} know it.
     * @param reason why.
     */
    public void refused(int fd, Counter reason) {
        statistics.ended(fd, reason);
        if (connections != null) {
            connections.ended(fd, reason, 0, "");
        }
    }

    /** A connection had to wait, for the first time. */
    void waited(Target target) {
        totals.increment(Counter.WAITED);
        count(target, Counter.WAITED);
    }

    /** A connection begins to wait for a target, or ends: 1 or -1. */
    void pending(Target target, int fd, int change) {
        statistics.pending(fd, change);
        of(target).counters().pending(change);
    }

    /**
     * A connection begins to wait for a limit.
     *
     * @param fd as for {@link #refused}.
     * @param nowNs of {@link System#nanoTime}.
     */
    public void delayed(int fd, long nowNs) {
        totals.increment(Counter.DELAYED);
        statistics.pending(fd, 1);
        if (connections != null) {
            connections.delayed(fd, nowNs);
        }
    }

    /** A connection that was {@link #delayed} waits no longer. */
    public void goesOn(int fd, long nowNs) {
        statistics.pending(fd, -1);
        if (connections != null) {
            connections.goesOn(fd, nowNs);
        }
    }

    /** What happens at a member counts for the whole too. */
    private void count(Target target, Counter counter) {
        of(target).counters().increment(counter);
        if (target.parent != null) {
            of(target.parent).counters().increment(counter);
        }
    }
}
