package io.socketbox.handoff;

/** How a balanced destination chooses among its members. */
public enum Balance {
    /** In turn, each as often as its weight says. */
    ROUND_ROBIN,
    /** The one to which least was sent that it has not received yet, in proportion to its weight. */
    LEAST_PENDING,
    /** The one that the client's address belongs to. */
    SOURCE
}
