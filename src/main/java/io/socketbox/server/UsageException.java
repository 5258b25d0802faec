package io.socketbox.server;

/** The command line cannot be carried out; the message is one line that says what, where and how to mend it. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
