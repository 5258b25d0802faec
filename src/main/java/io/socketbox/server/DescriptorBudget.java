package io.socketbox.server;

import io.socketbox.linux.DescriptorLimit;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;

/** How many descriptors the process may have open: connections that wait for their destination need one each. */
final class DescriptorBudget {
    private DescriptorBudget() {}

    /** Raises the soft limit (RLIMIT_NOFILE, getrlimit(2)) to the hard one, and says so. */
    static void raise(EventLog log) {
        DescriptorLimit limit = Descriptors.limit();
        if (limit.soft() == limit.hard()) {
            return;
        }
        try {
            Descriptors.setLimit(new DescriptorLimit(limit.hard(), limit.hard()));
            log.write("raised the limit of open descriptors from " + limit.soft() + " to " + limit.hard());
        } catch (LinuxException e) {
            log.write(Severity.WARNING, e.getMessage() + "; going on with " + limit.soft());
        }
    }
}
