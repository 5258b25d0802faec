package io.socketbox.inetd;

import io.socketbox.linux.Inet6Text;

/**
 * A connection that was received and has no child yet.
 *
 * @param fd its descriptor; whoever holds this object owns it.
 * @param client its address, or null when it is no internet connection.
 * @param port the client's.
 */
record Connection(int fd, ClientAddress client, int port) {
    /** A client's address, two halves in network order; IPv4 is v4-mapped. */
    record ClientAddress(long hi, long lo) {
        String display() {
            return Inet6Text.format(hi, lo);
        }
    }

    /** The client in messages. */
    String display() {
        return client == null ? "a local client" : Inet6Text.format(client.hi(), client.lo(), 0, port);
    }
}
