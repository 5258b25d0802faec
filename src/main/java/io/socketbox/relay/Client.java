package io.socketbox.relay;

import io.socketbox.linux.Inet6Text;

/**
 * Who connected, and to where. Addresses are two halves in network order; IPv4 is v4-mapped.
 *
 * @param isInternet whether there are addresses at all; a UNIX socket has none.
 */
record Client(boolean isInternet, long peerHi, long peerLo, int peerPort, long localHi, long localLo, int localPort) {
    /** A connection over a UNIX socket. */
    static final Client LOCAL = new Client(false, 0, 0, 0, 0, 0, 0);

    /** Whether it came over IPv4. */
    boolean isIpv4() {
        return isInternet && Inet6Text.isV4Mapped(peerHi, peerLo) && Inet6Text.isV4Mapped(localHi, localLo);
    }

    /** {@code [2001:db8::1]:4711 to [2001:db8::2]:80}. */
    String display() {
        return isInternet
                ? Inet6Text.format(peerHi, peerLo, 0, peerPort) + " to "
                        + Inet6Text.format(localHi, localLo, 0, localPort)
                : "a local client";
    }
}
