package io.socketbox.observe;

/** Everything that is counted. The comment of a constant is the documentation of its counter; all are totals. */
public enum Counter {
    /** Connections accepted from listening sockets. */
    ACCEPTED("accepted"),
    /** Connections received from another socketbox ({@code -P}). */
    RECEIVED("received"),
    /** Connections handed to a destination: {@code sendmsg(2)} succeeded. */
    HANDED_OFF("handed off"),
    /** Connections that had to wait in a pending queue before they were handed off or closed. */
    WAITED("waited"),
    /** Closed: no rule matched, or the rule said {@code fail}. */
    CLOSED_NO_ROUTE("closed, no route"),
    /** Closed: the destination's pending queue held {@code --queue} connections. */
    CLOSED_QUEUE_FULL("closed, queue full"),
    /** Closed: the destination stood still and its fair share of the descriptor budget was used up. */
    CLOSED_SHARE_EXCEEDED("closed, descriptor share used up"),
    /** Closed: waited for {@code --handoff-timeout}. */
    CLOSED_HANDOFF_TIMEOUT("closed, hand-off timeout"),
    /** Closed: the peer of an inherited descriptor ({@code jump-fd}, {@code -i}) is gone for good. */
    CLOSED_DESTINATION_GONE("closed, destination gone"),
    /** Closed: no socket at a path made by {@code -U}, and the small budget for such paths was used up. */
    CLOSED_ABSENT_PATH("closed, absent path"),
    /** Closed: still pending when the program ended because accepting failed, or the peer of {@code -i} was gone. */
    CLOSED_AT_EXIT("closed, at exit"),
    /** Failed accepts that accept(2) lists as passing: ECONNABORTED, EINTR, EPERM, EPROTO, ... */
    ACCEPT_ERRORS("passing accept errors"),
    /** Times that accepting paused: descriptors, kernel memory or the budget for pending connections were used up. */
    ACCEPT_PAUSES("accept pauses"),
    /** Messages of another socketbox that carried no descriptor. */
    RECEIVED_WITHOUT_DESCRIPTOR("received without descriptor"),
    /** Times that a destination's socket was connected anew after it had been away. */
    RECONNECTS("reconnects");

    private final String label;

    Counter(String label) {
        this.label = label;
    }

    /**
     * The counter's name for people.
     *
     * @return a few words in lower case.
     */
    public String label() {
        return label;
    }

    /** Where the counter's value stands among those of one writer; means nothing outside this process. */
    @SuppressWarnings("EnumOrdinal")
    int offset() {
        return ordinal() * Long.BYTES;
    }
}
