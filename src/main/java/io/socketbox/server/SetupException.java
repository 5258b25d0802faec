package io.socketbox.server;

/** The start failed; the message is one line that says what was attempted, on what, why it failed and what to do. */
final class SetupException extends Exception {
    private static final long serialVersionUID = 1L;

    SetupException(String message) {
        super(message);
    }

    SetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
