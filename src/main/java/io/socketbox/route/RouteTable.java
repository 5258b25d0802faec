package io.socketbox.route;

/** The compiled rules. Immutable, safe for many threads; a lookup allocates nothing. */
public final class RouteTable {
    /** {@code fail}, no match and no default, a jump to a set that is not there, or more than 100 sets looked at. */
    public static final int FAIL = -1;

    /** As a destination in {@link #match}: a rule without default matched nothing. */
    public static final int FAIL_NO_MATCH = -2;
    /** As a destination in {@link #match}: a rule jumped to a set that is not there. */
    public static final int FAIL_MISSING_SET = -3;
    /** As a destination in {@link #match}: more than {@link #MAX_SETS} sets would have to be looked at. */
    public static final int FAIL_TOO_MANY_SETS = -4;
    /** As a rule id in {@link #match}: no rule decided. */
    public static final int NO_RULE = -1;
    /** A lookup looks at this many sets at most, counting the first. */
    public static final int MAX_SETS = 100;

    private final int always;

    private RouteTable(int always) {
        this.always = always;
    }

    static RouteTable always(int destination) {
        return new RouteTable(destination);
    }

    /** The index of the destination of a connection, or {@link #FAIL}. */
    public int lookup(long localHi, long localLo, int localPort, long peerHi, long peerLo, int peerPort) {
        return Math.max(FAIL, destinationOf(match(localHi, localLo, localPort, peerHi, peerLo, peerPort)));
    }

    /**
     * Like {@link #lookup}, and says which rule decided.
     *
     * @return take it apart with {@link #ruleOf} and {@link #destinationOf}.
     */
    public long match(long localHi, long localLo, int localPort, long peerHi, long peerLo, int peerPort) {
        return ((long) NO_RULE << 32) | (always & 0xffff_ffffL);
    }

    /** The rule that decided, in 0 to {@link #ruleCount()} - 1, or {@link #NO_RULE}. */
    public static int ruleOf(long match) {
        return (int) (match >> 32);
    }

    /** The index of the destination, or one of the negative {@code FAIL} values. */
    public static int destinationOf(long match) {
        return (int) match;
    }

    /** Number of rules, among them defaults; rule ids are dense and in the order of the file. */
    public int ruleCount() {
        return 0;
    }

    /** The line of the configuration, from 1, where a rule stands. */
    public int lineOf(int rule) {
        return java.util.Objects.checkIndex(rule, ruleCount());
    }

    /** Size of the table, bytes. */
    public long sizeInBytes() {
        return 0;
    }
}
