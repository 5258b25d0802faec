package io.socketbox.server;

import io.socketbox.config.Endpoint;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.program.Quantity;
import io.socketbox.program.SetupException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where to listen: what {@code -l} and {@code -p} say.
 *
 * @param host an IPv6 address, perhaps with a {@code %scope}, or an IPv4 address, as it was written.
 * @param port the port, 0 for one that the kernel chooses.
 */
record ListenAddress(String host, int port) {
    static final String DEFAULT_HOST = "::";
    static final int DEFAULT_PORT = 80;

    /**
     * Pairs every {@code -l} with every {@code -p} as they were given, from left to right: some {@code -l} and the
     * {@code -p} that follow them belong together, each of those addresses with each of those ports. Ports before the first {@code -l}
     * are for the addresses that no port follows. So {@code -l A -p 80} and {@code -p 80 -l A} mean the same,
     * {@code -l A -l B -p 80 -p 443} are four listeners, and {@code -l A -p 80 -l B -p 443} are two.
     */
    static final class Pairing {
        private final List<ListenAddress> paired = new ArrayList<>();
        private final List<Integer> leadingPorts = new ArrayList<>();
        private List<String> hosts = new ArrayList<>();
        private List<Integer> ports = new ArrayList<>();
        private boolean anyHost;

        void addHost(String host) {
            if (!ports.isEmpty()) {
                endGroup();
            }
            anyHost = true;
            hosts.add(host);
        }

        void addPort(int port) {
            if (anyHost) {
                ports.add(port);
            } else {
                leadingPorts.add(port);
            }
        }

        boolean isEmpty() {
            return !anyHost && leadingPorts.isEmpty();
        }

        /** All listeners in the order of the command line; the defaults fill what was not given. */
        List<ListenAddress> conclude() {
            if (!anyHost) {
                hosts.add(DEFAULT_HOST);
            }
            endGroup();
            return List.copyOf(paired);
        }

        private void endGroup() {
            List<Integer> chosen =
                    !ports.isEmpty() ? ports : leadingPorts.isEmpty() ? List.of(DEFAULT_PORT) : leadingPorts;
            for (String host : hosts) {
                for (int port : chosen) {
                    paired.add(new ListenAddress(host, port));
                }
            }
            hosts = new ArrayList<>();
            ports = new ArrayList<>();
        }
    }

    /** {@code [::1%eth0]:80}, or {@code 192.0.2.1:80} as it was written. */
    String display() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }

    /**
     * An address as the kernel takes it.
     *
     * @param hi the upper half; IPv4 is v4-mapped.
     * @param lo the lower half.
     * @param scopeId the index of the interface, or 0.
     */
    record Resolved(long hi, long lo, int scopeId) {
        boolean isLinkLocal() {
            return hi >>> 54 == 0xfe80 >>> 6;
        }
    }

    /**
     * Reads the address and finds its interface. Names of hosts are not looked up.
     *
     * @throws SetupException when it is no address, or there is no such interface.
     */
    Resolved resolve() throws SetupException {
        int percent = host.indexOf('%');
        String literal = percent < 0 ? host : host.substring(0, percent);
        if (literal.indexOf('[') >= 0 || isWithPort(literal)) {
            throw new SetupException(
                    "-l " + ByteStrings.display(host) + ": write the address alone, and its port with -p");
        }
        try {
            Endpoint address = Endpoint.parse(literal, port);
            return new Resolved(address.hi(), address.lo(), percent < 0 ? 0 : scopeId(host.substring(percent + 1)));
        } catch (IllegalArgumentException e) {
            throw new SetupException("-l " + ByteStrings.display(host) + ": " + e.getMessage(), e);
        }
    }

    /** Whether it looks like {@code 192.0.2.1:80}. */
    private static boolean isWithPort(String literal) {
        int colon = literal.indexOf(':');
        return colon >= 0 && literal.indexOf(':', colon + 1) < 0;
    }

    private int scopeId(String scope) throws SetupException {
        OptionalLong number = Quantity.cLiteral(scope);
        if (number.isPresent() && number.getAsLong() <= Integer.MAX_VALUE) {
            return (int) number.getAsLong();
        }
        try {
            return Sockets.interfaceIndex(scope);
        } catch (LinuxException e) {
            throw new SetupException(
                    "-l " + ByteStrings.display(host) + ": " + e.getMessage() + "; `ip link` lists the interfaces", e);
        }
    }
}
