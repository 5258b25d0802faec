package io.socketbox.program;

/** The command line cannot be carried out; the message is one line that says what, where and how to mend it. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the line to show. */
    public UsageException(String message) {
        super(message);
    }
}
