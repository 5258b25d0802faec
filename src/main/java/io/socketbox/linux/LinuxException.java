package io.socketbox.linux;

/** A system call failed; the message says the call, what it was asked, and the error's name and text. */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param attempt the call and its arguments, such as {@code bind [::]:80}
     * @param errno why it failed
     */
    public LinuxException(String attempt, int errno) {
        super(attempt + ": " + Errno.describe(errno));
        this.errno = errno;
    }

    /** The error number; see {@link Errno}. */
    public int errno() {
        return errno;
    }
}
