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

    /** What all children have. */
    List<String> inherited() {
        return inherited;
    }

    /**
     * What one child has besides. {@code local} and peer are those that {@code calls} asked for last; nothing where the
     * connection is no internet connection.
     *
     * @param number how many children the client has, with this one.
     */
    List<String> of(Connection connection, HotCalls local, int number) {
        if (connection.client() == null) {
            return List.of();
        }
        String remote = connection.client().display();
        return List.of(
                "PROTO=TCP",
                "TCPLOCALIP=" + Inet6Text.format(local.localHi(), local.localLo()),
                "TCPLOCALPORT=" + local.localPort(),
                "TCPREMOTEIP=" + remote,
                "TCPREMOTEPORT=" + connection.port(),
                "TCPCONNNUM=" + number,
                "REMOTE_HOST=" + remote);
    }
}
