package io.socketbox.linux;

/** How a child ended (waitpid(2)); {@code status} is the kernel's number. */
public record ExitStatus(int status) {
    /** Whether it exited by itself. */
    public boolean exited() {
        return (status & 0x7f) == 0;
    }

    /** Its exit code; for one that a signal ended, 128 plus the signal, as shells say it. */
    public int code() {
        return exited() ? status >>> 8 & 0xff : 128 + signal();
    }

    /** The signal that ended it, or 0. */
    public int signal() {
        return status & 0x7f;
    }
}
