package io.socketbox.inetd;

import io.socketbox.linux.ByteStrings;
import io.socketbox.program.Account;
import io.socketbox.receive.SocketFile;

/**
 * Where a service's connections come from: a datagram socket of its own, or a registration with a socketbox.
 *
 * @param path of the socket, a byte string.
 * @param group to register as, 32 bits unsigned; {@link #NONE} for a socket of its own.
 * @param reconnect whether a registration is made anew when the other side went away.
 * @param mode permissions of the own socket.
 * @param owner of the own socket, or null to leave that to the kernel.
 */
record Place(String path, long group, boolean reconnect, int mode, Account owner) {
    static final long NONE = -1;

    boolean isRegistration() {
        return group != NONE;
    }

    /** The own socket. */
    SocketFile file() {
        return new SocketFile(path, mode, owner);
    }

    /** Whether it is the same socket or registration, whatever its mode and owner. */
    boolean isSame(Place other) {
        return path.equals(other.path) && group == other.group;
    }

    /** The name of the service in messages. */
    String display() {
        return isRegistration() ? "group " + group + " of " + ByteStrings.display(path) : ByteStrings.display(path);
    }
}
