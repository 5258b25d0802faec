package io.socketbox.observe;

import java.util.Locale;

/** How much an event matters; the numbers are those of syslog(3), which journald understands too. */
public enum Severity {
    /** The program ends, or cannot do a part of its work. */
    ERROR(3),
    /** Something is wrong, and the program goes on. */
    WARNING(4),
    /** A step of the program's life: listening, ending, a destination that is back. */
    NOTICE(5),
    /** What is asked for by an option of its own: a line for each connection, or for each child. */
    INFO(6),
    /** What only helps to find a fault. */
    DEBUG(7);

    private final int priority;
    private final String label = name().toLowerCase(Locale.ROOT);

    Severity(int priority) {
        this.priority = priority;
    }

    /** The number that syslog(3) has for it. */
    public int priority() {
        return priority;
    }

    /** The name as it is written on the command line and in logs. */
    public String label() {
        return label;
    }

    /** Whether an event of this severity is written to a log of that level. */
    boolean reaches(Severity level) {
        return priority <= level.priority;
    }
}
