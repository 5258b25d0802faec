package io.socketbox.observe;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * All that one dispatcher counts: totals always; destinations, rules and durations where somebody may ask for them.
 * Written by the dispatcher, which allocates nothing for a connection; read by any thread, which costs the dispatcher
 * nothing.
 */
public final class Statistics {
    private final boolean detailed;
    private final Counters totals;
    private final LatencyHistogram handoffs = new LatencyHistogram();
    private final LatencyHistogram turns = new LatencyHistogram();
    private final ConcurrentMap<String, DestinationStatistics> destinations = new ConcurrentHashMap<>();
    private final DestinationStatistics ignored = new DestinationStatistics("", () -> "");
    private volatile RuleCounters published = RuleCounters.NONE;

    // Only the dispatcher uses what follows.
    private final Decisions decisions = new Decisions();
    private RuleCounters rules = RuleCounters.NONE;
    private long stepNs;

    /** @param detailed whether there is more than totals. */
    public Statistics(boolean detailed) {
        this(detailed, new Counters());
    }

    private Statistics(boolean detailed, Counters totals) {
        this.detailed = detailed;
        this.totals = totals;
    }

    /** Without details, around totals that there are already. */
    public static Statistics around(Counters totals) {
        return new Statistics(false, totals);
    }

    /** Whether there is more than totals. */
    public boolean isDetailed() {
        return detailed;
    }

    /** The totals. */
    public Counters totals() {
        return totals;
    }

    /** How long hand-offs took: from the moment the dispatcher turned to a connection until it was sent on. */
    public LatencyHistogram handoffs() {
        return handoffs;
    }

    /** How long the turns of the dispatcher's loop took, waiting for events not counted. */
    public LatencyHistogram turns() {
        return turns;
    }

    /** The destinations that there are at the moment. */
    public Collection<DestinationStatistics> destinations() {
        return destinations.values();
    }

    /** The rules of the table that the dispatcher follows now. */
    public RuleCounters rules() {
        return published;
    }

    /** The dispatcher follows another table from now on. */
    public void follow(RuleCounters newRules) {
        rules = newRules;
        published = newRules;
        decisions.follow(newRules.outcomes());
    }

    /**
     * A rule decides about a connection. Dispatcher only.
     *
     * @param rule its number; -1 for none.
     * @param isNew false: the dispatcher has held the connection since it asked the rules, these or others, before.
     */
    public void decided(int fd, int rule, boolean isNew) {
        if (detailed) {
            if (isNew || !decisions.isDecided(fd)) {
                rules.hit(rule);
            }
            decisions.decided(fd, rule);
        }
    }

    /** A connection has come to an end: handed over, or closed for a reason. Dispatcher only. */
    public void ended(int fd, Counter outcome) {
        if (detailed) {
            countForRule(fd, outcome.index(), 1);
        }
        totals.increment(outcome);
    }

    /**
     * A connection waits, or does not any longer. Dispatcher only.
     *
     * @param change 1 or -1.
     */
    public void pending(int fd, int change) {
        if (detailed) {
            countForRule(fd, RuleTotals.PENDING, change);
        }
        totals.pending(change);
    }

    private void countForRule(int fd, int kind, int change) {
        if (!decisions.count(fd, kind, change)) {
            totals.increment(Counter.RULE_OUTCOMES_LOST);
        }
    }

    /**
     * The statistics of a destination, made when there are none yet. Dispatcher only.
     *
     * @param name for people; equal names are one destination.
     * @param state what it is doing, in a word; asked by any thread.
     */
    public DestinationStatistics destination(String name, Supplier<String> state) {
        if (!detailed) {
            return ignored;
        }
        DestinationStatistics destination =
                destinations.computeIfAbsent(name, n -> new DestinationStatistics(n, state));
        destination.use(state);
        return destination;
    }

    /** A destination is gone, and so are its statistics unless another of that name has come; the totals stay. */
    public void forget(DestinationStatistics destination) {
        if (destination.leave()) {
            destinations.remove(destination.name(), destination);
        }
    }

    /** A template is gone, and so are the statistics of all paths that were made by it. */
    public void forgetTemplate(String name) {
        destinations.remove(name);
    }

    /** The dispatcher turns to something new, at {@code nowNs} of {@link System#nanoTime}. */
    public void step(long nowNs) {
        stepNs = nowNs;
    }

    /**
     * A connection that did not wait was sent on: it took as long as has passed since the last step.
     *
     * @return how long that is, in nanoseconds; 0 without details.
     */
    public long handedOff() {
        if (!detailed) {
            return 0;
        }
        long nowNs = System.nanoTime();
        long durationNs = nowNs - stepNs;
        stepNs = nowNs;
        handoffs.record(durationNs);
        return durationNs;
    }

    /**
     * A connection that waited was sent on.
     *
     * @param arrivalNs when it began to wait.
     * @return how long that was, in nanoseconds; 0 without details.
     */
    public long handedOff(long arrivalNs) {
        if (!detailed) {
            return 0;
        }
        stepNs = System.nanoTime();
        handoffs.record(stepNs - arrivalNs);
        return stepNs - arrivalNs;
    }

    /** A turn of the loop that began at {@code startNs} is over. */
    public void turnEnded(long startNs) {
        if (detailed) {
            turns.record(System.nanoTime() - startNs);
        }
    }
}
