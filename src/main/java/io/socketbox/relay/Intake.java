package io.socketbox.relay;

import io.socketbox.linux.ByteStrings;
import io.socketbox.program.Account;

/**
 * Where a service's connections come from.
 *
 * @param path of a datagram socket of its own, a byte string; null for an inherited descriptor.
 * @param fd the inherited descriptor, or -1.
 * @param receives whether descriptors arrive on {@code fd}; else it listens.
 * @param mode permissions of the own socket.
 * @param owner of the own socket, or null to leave that to the kernel.
 */
record Intake(String path, int fd, boolean receives, int mode, Account owner) {
    static final int DEFAULT_MODE = 0660;

    /** Whether it is the same socket, whatever its mode and owner. */
    boolean isSame(Intake other) {
        return path == null ? other.path == null && fd == other.fd : path.equals(other.path);
    }

    /** The name of the service in messages. */
    String display() {
        return path == null ? "descriptor " + fd : ByteStrings.display(path);
    }
}
