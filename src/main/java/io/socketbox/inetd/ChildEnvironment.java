package io.socketbox.inetd;

import io.socketbox.linux.Environment;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Inet6Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The environment of a child: ours, without what is for us alone, and what UCSPI programs are told of a connection. */
final class ChildEnvironment {
    private static final Set<String> REMOVED = Set.of(
            "PROTO",
            "TCPLOCALIP",
            "TCPLOCALPORT",
            "TCPLOCALHOST",
            "TCPREMOTEIP",
            "TCPREMOTEPORT",
            "TCPREMOTEHOST",
            "TCPREMOTEINFO",
            "TCPCONNNUM",
            "REMOTE_HOST",
            // For the Java virtual machine, set by the launcher.
            "_JAVA_SR_SIGNUM",
            // Our service manager is not the child's.
            "NOTIFY_SOCKET",
            "WATCHDOG_PID",
            "WATCHDOG_USEC");

    private final List<String> inherited = new ArrayList<>();

    /** @param entries of our environment, {@code NAME=value}; normally {@link Environment#entries}. */
    ChildEnvironment(List<String> entries) {
        for (String entry : entries) {
            if (!REMOVED.contains(entry.substring(0, Math.max(0, entry.indexOf('='))))) {
                inherited.add(entry);
            }
        }
    }

    /**
     * Of one child. {@code local} and peer are those that {@code calls} asked for last; nothing is added where the
     * connection is no internet connection.
     *
     * @param number how many children the client has, with this one.
     */
    List<String> of(Connection connection, HotCalls local, int number) {
        List<String> entries = new ArrayList<>(inherited);
        if (connection.client() != null) {
            String remote = connection.client().display();
            entries.add("PROTO=TCP");
            entries.add("TCPLOCALIP=" + Inet6Text.format(local.localHi(), local.localLo()));
            entries.add("TCPLOCALPORT=" + local.localPort());
            entries.add("TCPREMOTEIP=" + remote);
            entries.add("TCPREMOTEPORT=" + connection.port());
            entries.add("TCPCONNNUM=" + number);
            entries.add("REMOTE_HOST=" + remote);
        }
        return entries;
    }
}
