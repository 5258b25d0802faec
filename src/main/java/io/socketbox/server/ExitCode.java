package io.socketbox.server;

/** Exit codes of the program. */
final class ExitCode {
    /** Ended as asked, or the peer of {@code -P} went away. */
    static final int OK = 0;
    /** Bad usage, a failed start, or a configuration with errors. */
    static final int FAILED = 1;
    /** Accepting failed for good. */
    static final int ACCEPT_FAILED = 10;
    /** The peer of {@code -i} went away. */
    static final int DESTINATION_GONE = 11;
    /** The program of {@code -e} could not be executed. */
    static final int NOT_EXECUTED = 127;
    /** Plus its number: ended by a signal. */
    static final int SIGNALLED = 128;

    private ExitCode() {}
}
