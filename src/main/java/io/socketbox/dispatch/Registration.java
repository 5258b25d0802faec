package io.socketbox.dispatch;

/**
 * A register socket, or the connection of a receiver that has registered there: what a successor needs to go on with it.
 *
 * @param path of the register socket, a byte string.
 * @param isReceiver whether this is a receiver's connection; else it is the listening socket, and the rest is 0.
 * @param group what the receiver has joined; 32 bits, unsigned.
 * @param seat  its place there.
 * @param uid   who it was when it connected.
 * @param fd    owned by whoever holds this.
 */
public record Registration(String path, boolean isReceiver, int group, int seat, int uid, int fd) {
    /** A register socket. */
    public static Registration ofSocket(String path, int fd) {
        return new Registration(path, false, 0, 0, 0, fd);
    }
}
