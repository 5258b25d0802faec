package io.socketbox.inetd;

import io.socketbox.linux.DescriptorLimit;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;

/**
 * The descriptors of this process: one for each connection without a child and one for each child. A descriptor that
 * arrives when there is no room for it is lost, so receiving ends before that. For one thread.
 */
final class Budget {
    /** For the program itself: log, sockets of services, the Java virtual machine's files. */
    private static final int RESERVE = 64;

    private final DescriptorLimit original;
    private final DescriptorLimit raised;
    private final int most;
    private int used;

    private Budget(DescriptorLimit original, DescriptorLimit raised, int open) {
        this.original = original;
        this.raised = raised;
        long limit = raised.soft() < 0 ? Integer.MAX_VALUE : raised.soft();
        this.most = Math.clamp(limit - open - RESERVE, 2, Integer.MAX_VALUE);
    }

    /** Raises the soft limit to the hard one, for ourselves alone: see {@link #lower}. */
    static Budget raise(EventLog log) {
        DescriptorLimit original = Descriptors.limit();
        DescriptorLimit raised = new DescriptorLimit(original.hard(), original.hard());
        try {
            Descriptors.setLimit(raised);
        } catch (LinuxException e) {
            log.write(e.getMessage() + "; going on with " + original.soft());
            raised = original;
        }
        return new Budget(original, raised, Descriptors.list().size());
    }

    /** Sets the limit that we were started with, for a child to inherit; descriptors that are open stay so. */
    void lower() {
        if (!original.equals(raised)) {
            Descriptors.setLimit(original);
        }
    }

    /** Takes {@link #lower} back. */
    void restore() {
        if (!original.equals(raised)) {
            Descriptors.setLimit(raised);
        }
    }

    /** Whether a connection may be received: it, and the child that it gets. */
    boolean hasRoom() {
        return used + 2 <= most;
    }

    /** A descriptor was opened. */
    void opened() {
        used++;
    }

    /** A descriptor was closed. */
    void closed() {
        used--;
    }
}
