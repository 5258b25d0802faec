package io.socketbox.route;

/** The rules do not fit the memory that a table may have. */
public final class TableTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TableTooLargeException(String message) {
        super(message);
    }
}
