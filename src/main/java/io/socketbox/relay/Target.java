package io.socketbox.relay;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Inet6Text;

/**
 * Where connections are relayed to.
 *
 * @param unixName a path as a byte string, or an abstract name with its leading NUL; null for an internet address.
 * @param hi the address's first half; IPv4 is v4-mapped.
 * @param lo its second half.
 * @param port 0 where the client's own is to be taken.
 * @param scopeId the interface of a link-local address, or 0.
 */
record Target(String unixName, long hi, long lo, int port, int scopeId) {
    static Target unix(String name) {
        return new Target(name, 0, 0, 0, 0);
    }

    boolean isUnix() {
        return unixName != null;
    }

    /** For people. */
    String display() {
        return isUnix() ? ByteStrings.display(unixName) : Inet6Text.format(hi, lo, scopeId, port);
    }
}
