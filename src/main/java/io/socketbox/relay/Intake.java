package io.socketbox.relay;

import io.socketbox.linux.ByteStrings;
import io.socketbox.receive.SocketFile;

/**
 * Where a service's connections come from.
 *
 * @param file a datagram socket of its own; null for an inherited descriptor.
 * @param fd the inherited descriptor, or -1.
 * @param receives whether descriptors arrive on {@code fd}; else it listens.
 */
record Intake(SocketFile file, int fd, boolean receives) {
    /** Whether it is the same socket, whatever its mode and owner. */
    boolean isSame(Intake other) {
        return file == null
                ? other.file == null && fd == other.fd
                : other.file != null && file.path().equals(other.file.path());
    }

    /** The name of the service in messages. */
    String display() {
        return file == null ? "descriptor " + fd : ByteStrings.display(file.path());
    }
}
