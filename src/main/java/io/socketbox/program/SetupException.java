package io.socketbox.program;

/** The start failed; the message is one line that says what was attempted, on what, why it failed and what to do. */
public final class SetupException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the line to show. */
    public SetupException(String message) {
        super(message);
    }

    /** With the line to show, and what led to it. */
    public SetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
