package io.socketbox.linux;

/** A system call failed. */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LinuxException(String message) {
        super(message);
    }
}
