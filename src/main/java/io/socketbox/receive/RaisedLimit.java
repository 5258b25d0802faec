package io.socketbox.receive;

import io.socketbox.linux.DescriptorLimit;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;

/**
 * The limit of descriptors (RLIMIT_NOFILE, getrlimit(2)), with the soft one raised to the hard one.
 *
 * @param original what this process was started with.
 * @param raised what it has now.
 */
public record RaisedLimit(DescriptorLimit original, DescriptorLimit raised) {
    /** For the program itself: log, sockets of services, the Java virtual machine's files. */
    private static final int RESERVE = 64;

    /** Raises it; where that fails, which is logged, it stays what it was. */
    public static RaisedLimit raise(EventLog log) {
        DescriptorLimit original = Descriptors.limit();
        DescriptorLimit raised = new DescriptorLimit(original.hard(), original.hard());
        try {
            Descriptors.setLimit(raised);
            return new RaisedLimit(original, raised);
        } catch (LinuxException e) {
            log.write(Severity.WARNING, e.getMessage() + "; going on with " + original.soft());
            return new RaisedLimit(original, original);
        }
    }

    /** How many more descriptors may be opened, less a reserve; at least {@code least}. */
    public int free(int least) {
        long limit = raised.soft() < 0 ? Integer.MAX_VALUE : raised.soft();
        return Math.clamp(limit - Descriptors.list().size() - RESERVE, least, Integer.MAX_VALUE);
    }

    /** Sets the original limit, for a child to inherit; descriptors that are open stay so. */
    public void lower() {
        if (!original.equals(raised)) {
            Descriptors.setLimit(original);
        }
    }

    /** Takes {@link #lower} back. */
    public void restore() {
        if (!original.equals(raised)) {
            Descriptors.setLimit(raised);
        }
    }
}
