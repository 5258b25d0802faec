package io.socketbox.dispatch;

import io.socketbox.linux.Endpoint;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.ConnectionLog;
import io.socketbox.observe.Counter;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;

/** Writes a line for each connection ({@code --log-connections}). Cold: for the conductor's thread. */
final class ConnectionLines implements ConnectionLog.Reader {
    private static final long NS_PER_US = 1_000;

    private final EventLog log;
    private final String configuration;
    private final EventLog.Repeat lost;
    private long lostBefore;

    /** @param configuration where the rules are from, for people. */
    ConnectionLines(EventLog log, String configuration) {
        this.log = log;
        this.configuration = configuration;
        this.lost = log.repeat("lines of --log-connections lost: the log is slower than the connections");
    }

    /** Says that lines were lost, if that happened since the last time; {@code inAll} is how many ever. */
    void lost(long inAll, long nowNs) {
        if (inAll > lostBefore) {
            lost.hit(inAll - lostBefore, nowNs);
            lostBefore = inAll;
        }
    }

    @Override
    public void onConnection(ConnectionLog.Ends ends, int line, Counter reason, long durationNs, String destination) {
        String peer = display(ends.peerHi(), ends.peerLo(), ends.peerPort());
        String local = display(ends.localHi(), ends.localLo(), ends.localPort());
        String rule = line == 0 ? "" : configuration + ":" + line;
        String waited = microseconds(durationNs);
        String text = peer + " to " + local + (rule.isEmpty() ? "" : " by " + rule) + ": "
                + (destination.isEmpty() ? "" : destination + ", ") + reason.label() + " after " + waited + " us";
        log.write(
                Severity.INFO,
                text,
                "connection " + reason.label(),
                "peer",
                peer,
                "local",
                local,
                "rule",
                rule,
                "destination",
                destination,
                "outcome",
                reason.key(),
                "wait_us",
                waited);
    }

    private static String display(long hi, long lo, int port) {
        return new Endpoint(Sockets.AF_INET6, hi, lo, port, 0, null).toString();
    }

    /** With one decimal. */
    private static String microseconds(long ns) {
        return ns / NS_PER_US + "." + ns % NS_PER_US / 100;
    }
}
