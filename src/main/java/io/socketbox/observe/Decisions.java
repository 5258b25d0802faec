package io.socketbox.observe;

import java.util.Arrays;

/**
 * Which rule decided about each connection that a dispatcher holds, by descriptor. So what becomes of a connection, however
 * much later, counts for that rule; but not once another table is followed, in which the rule may be another's or gone.
 *
 * <p>One thread; allocates nothing for a connection once the table has grown.
 */
final class Decisions {
    /** By descriptor: the table's number in the upper half, the rule's in the lower. */
    private long[] byFd = new long[64];
    /** The table that is followed; the first is 1. */
    private int table;

    private RuleOutcomes outcomes = RuleCounters.NONE.outcomes();

    /** Rules that decide from now on are of another table. */
    void follow(RuleOutcomes ofTable) {
        outcomes = ofTable;
        table++;
    }

    /** A rule decides about a connection; a negative one is none. */
    void decided(int fd, int rule) {
        if (fd >= byFd.length) {
            byFd = Arrays.copyOf(byFd, Math.max(fd + 1, 2 * byFd.length));
        }
        byFd[fd] = (long) table << Integer.SIZE | (rule & 0xffff_ffffL);
    }

    /** Whether the table that is followed has decided about the connection already. */
    boolean isDecided(int fd) {
        return fd < byFd.length && (int) (byFd[fd] >>> Integer.SIZE) == table;
    }

    /**
     * Changes a count of the rule that decided about a connection.
     *
     * @param kind as in {@link RuleTotals}.
     * @return false when that could not be counted.
     */
    boolean count(int fd, int kind, int change) {
        return !isDecided(fd) || outcomes.add((int) byFd[fd], kind, change);
    }
}
