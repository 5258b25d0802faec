package io.socketbox.handoff;

/** Which descriptors count as connections: {@code SKBOX_STRICT_STREAM_MODE} of the environment. */
public enum StreamCheck {
    /** 0: any descriptor. */
    NONE,
    /** 1: any stream socket. */
    TYPE,
    /** 2, the default: a stream socket of family UNIX, INET or INET6. */
    TYPE_AND_FAMILY;

    /** The variable's name. */
    public static final String VARIABLE = "SKBOX_STRICT_STREAM_MODE";

    /** Reads the variable's value; null and what is no number of a mode are the default. */
    public static StreamCheck of(String value) {
        return switch (value) {
            case "0" -> NONE;
            case "1" -> TYPE;
            case null, default -> TYPE_AND_FAMILY;
        };
    }

    /** Whether a received descriptor counts; it stays the caller's. */
    public boolean admits(int fd) {
        return this == NONE || ReceivingSocket.isStream(fd, this == TYPE);
    }
}
