package io.socketbox.dispatch;

/**
 * What a successor needs to go on with a register socket, or with somebody who has come by it.
 *
 * @param kind  which of these it is.
 * @param path  of the register socket, a byte string.
 * @param group what a receiver has joined; 32 bits, unsigned.
 * @param seat  a receiver's place there.
 * @param uid   who a receiver was when it connected.
 * @param fd    owned by whoever holds this.
 */
public record Registration(Kind kind, String path, int group, int seat, int uid, int fd) {
    /** What a descriptor is. */
    public enum Kind {
        /** A listening register socket. */
        SOCKET,
        /** The connection of somebody whose request was not read yet. */
        APPLICANT,
        /** The connection of a receiver that has registered. */
        RECEIVER
    }

    /** A register socket. */
    public static Registration ofSocket(String path, int fd) {
        return new Registration(Kind.SOCKET, path, 0, 0, 0, fd);
    }

    /** Somebody who has connected there. */
    public static Registration ofApplicant(String path, int fd) {
        return new Registration(Kind.APPLICANT, path, 0, 0, 0, fd);
    }

    /** Somebody who has registered there. */
    public static Registration ofReceiver(String path, int group, int seat, int uid, int fd) {
        return new Registration(Kind.RECEIVER, path, group, seat, uid, fd);
    }
}
