package io.socketbox.relay;

import io.socketbox.linux.DescriptorLimit;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;

/**
 * How the descriptors of this process are divided. A descriptor that arrives when there is no room for it is lost, so
 * receiving ends before that.
 *
 * @param connections that may be relayed at once; each takes two.
 * @param pipes that may be open at once; each takes two.
 */
record Budget(int connections, int pipes) {
    /** For the program itself: log, sockets of services, the Java virtual machine's files. */
    private static final int RESERVE = 64;
    /** Of what there is, the part that pipes may take. */
    private static final int PIPE_SHARE = 8;

    /** Raises the soft limit (RLIMIT_NOFILE, getrlimit(2)) to the hard one and divides it. */
    static Budget raise(EventLog log) {
        DescriptorLimit limit = Descriptors.limit();
        try {
            DescriptorLimit raised = new DescriptorLimit(limit.hard(), limit.hard());
            Descriptors.setLimit(raised);
            limit = raised;
        } catch (LinuxException e) {
            log.write(e.getMessage() + "; going on with " + limit.soft());
        }
        long soft = limit.soft() < 0 ? Integer.MAX_VALUE : limit.soft();
        return divide(soft - Descriptors.list().size() - RESERVE);
    }

    /** Divides so many descriptors. */
    static Budget divide(long descriptors) {
        int free = Math.clamp(descriptors, 4, Integer.MAX_VALUE);
        int pipes = Math.min(PipePool.MOST, free / PIPE_SHARE / 2);
        return new Budget((free - 2 * pipes) / 2, pipes);
    }
}
