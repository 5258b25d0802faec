package io.socketbox.observe;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Everything that is counted. The description of a constant is the documentation of its counter, in the metrics too; all
 * are totals.
 */
public enum Counter {
    ACCEPTED("accepted", "Connections accepted from listening sockets."),
    RECEIVED("received", "Connections received from another socketbox (-P)."),
    HANDED_OFF("handed off", "Connections handed to a destination: sendmsg(2) succeeded."),
    WAITED("waited", "Connections that had to wait in a pending queue before they were handed off or closed."),
    CLOSED_NO_ROUTE("closed, no route", "Closed: no rule matched, or the rule said fail."),
    CLOSED_QUEUE_FULL("closed, queue full", "Closed: the destination's pending queue held --queue connections."),
    CLOSED_SHARE_EXCEEDED(
            "closed, descriptor share used up",
            "Closed: the destination stood still and its fair share of the descriptor budget was used up."),
    CLOSED_HANDOFF_TIMEOUT("closed, hand-off timeout", "Closed: waited for --handoff-timeout."),
    CLOSED_DESTINATION_GONE(
            "closed, destination gone", "Closed: the peer of an inherited descriptor (jump-fd, -i) is gone for good."),
    CLOSED_ABSENT_PATH(
            "closed, absent path",
            "Closed: no socket at a path made by -U, and the small budget for such paths was used up."),
    DELAYED(
            "delayed by a limit",
            "Connections that waited for the next token of a limit (over:wait, client-over:wait)."),
    CLOSED_RATE_LIMIT("closed, past a rate", "Closed: past the rate of a limit, and not allowed to wait so long."),
    CLOSED_CLIENT_RATE_LIMIT(
            "closed, past the rate of a client",
            "Closed: past the client-rate of a limit, and not allowed to wait so long."),
    CLOSED_CLIENT_GONE("closed, client left", "Closed: the client left while a limit delayed its connection."),
    RATE_PAUSES(
            "pauses for a rate",
            "Times that accepting paused until the limit for all connections (limit-all) had a token again."),
    CLOSED_AT_EXIT(
            "closed, at exit",
            "Closed: still pending when the program ended because accepting failed, or the peer of -i was gone."),
    ACCEPT_ERRORS(
            "passing accept errors",
            "Failed accepts that accept(2) lists as passing: ECONNABORTED, EINTR, EPERM, EPROTO, ..."),
    ACCEPT_PAUSES(
            "accept pauses",
            "Times that accepting paused: descriptors, kernel memory or the budget for pending connections were used up."),
    RECEIVED_WITHOUT_DESCRIPTOR(
            "received without descriptor", "Messages of another socketbox that carried no descriptor."),
    RECONNECTS("reconnects", "Times that a destination's socket was connected anew after it had been away."),
    CONNECTION_LINES_LOST(
            "connection lines lost",
            "Lines of --log-connections that were lost: the log was slower than the connections."),
    RULE_OUTCOMES_LOST(
            "outcomes of rules not counted",
            "Changes that socketbox_rule_handed_off_total, _pending and _closed_total lack: so many rules had connections that"
                    + " the memory for these was used up.");

    private static final String CLOSED = "CLOSED_";
    private static final List<Counter> REASONS =
            Arrays.stream(values()).filter(Counter::isClosed).toList();

    private final String label;
    private final String description;

    Counter(String label, String description) {
        this.label = label;
        this.description = description;
    }

    /**
     * The counter's name for people.
     *
     * @return a few words in lower case.
     */
    public String label() {
        return label;
    }

    /**
     * What is counted.
     *
     * @return a sentence.
     */
    public String description() {
        return description;
    }

    /** Whether it counts connections that were closed for a reason. */
    public boolean isClosed() {
        return name().startsWith(CLOSED);
    }

    /** The reason that {@link #isClosed} speaks of, or else the counter's name: lower case letters and {@code _}. */
    public String key() {
        return (isClosed() ? name().substring(CLOSED.length()) : name()).toLowerCase(Locale.ROOT);
    }

    /** Those that {@link #isClosed}. */
    public static List<Counter> reasons() {
        return REASONS;
    }

    /** Counts the counters from 0; means nothing outside this process. */
    @SuppressWarnings("EnumOrdinal")
    int index() {
        return ordinal();
    }

    /** Where the counter's value stands among those of one writer. */
    int offset() {
        return index() * Long.BYTES;
    }
}
