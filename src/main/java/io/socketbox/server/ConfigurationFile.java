package io.socketbox.server;

import io.socketbox.config.Configuration;
import io.socketbox.config.SourceText;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.program.SetupException;

/**
 * The configuration: opened while the process may, read once it has changed root and user, and opened again by a
 * descriptor of its folder, to which no path may lead any more. One thread.
 */
final class ConfigurationFile implements AutoCloseable {
    private static final int CHUNK_SIZE = 1 << 14;

    private final String path;
    private final int folderFd;
    private int fd;

    private ConfigurationFile(String path, int folderFd, int fd) {
        this.path = path;
        this.folderFd = folderFd;
        this.fd = fd;
    }

    /**
     * Opens it.
     *
     * @param path a byte string.
     * @throws SetupException when that fails, with advice.
     */
    static ConfigurationFile open(String path) throws SetupException {
        try {
            int fd = FileCalls.open(path, FileCalls.O_RDONLY, 0);
            String folder = path.substring(0, path.lastIndexOf('/') + 1);
            return new ConfigurationFile(
                    path,
                    FileCalls.open(folder.isEmpty() ? "." : folder, FileCalls.O_PATH | FileCalls.O_DIRECTORY, 0),
                    fd);
        } catch (LinuxException e) {
            String advice = e.errno() == Errno.ENOENT
                    ? "; name the configuration with -f FILE, or skip the rules with -S PATH"
                    : "";
            throw new SetupException(e.getMessage() + advice, e);
        }
    }

    /**
     * Opens what is at its place now, which may be another file.
     *
     * @throws SetupException when that fails, or it is no file that can be read more than once.
     */
    void reopen() throws SetupException {
        release();
        try {
            // A named pipe that nobody writes to would have the server wait.
            int flags = FileCalls.O_RDONLY | FileCalls.O_NONBLOCK;
            fd = FileCalls.openAt(folderFd, path.substring(path.lastIndexOf('/') + 1), flags, 0);
            if (!FileCalls.fstat(fd).isRegular()) {
                throw new SetupException(
                        ByteStrings.display(path) + ": no regular file: what was read from it cannot be read again");
            }
        } catch (LinuxException e) {
            String advice =
                    e.errno() == Errno.EACCES ? "; the user that the server has become has to be able to read it" : "";
            throw new SetupException(ByteStrings.display(path) + ": " + e.getMessage() + advice, e);
        }
    }

    /**
     * Reads and parses it to the end.
     *
     * @param substitute whether {@code -U} is on.
     * @return the configuration with its diagnostics, to be closed.
     * @throws SetupException when it cannot be read, or memory does not suffice.
     */
    Configuration parse(boolean substitute) throws SetupException {
        SourceText text = new SourceText(ByteStrings.display(path));
        try {
            readInto(text);
        } catch (LinuxException e) {
            text.close();
            throw new SetupException(ByteStrings.display(path) + ": " + e.getMessage(), e);
        } catch (OutOfMemoryError | ArithmeticException e) {
            text.close();
            throw tooLarge(e);
        }
        return Configuration.parse(text, substitute, new SystemAccounts());
    }

    /** What to say when there is not enough memory for the configuration. */
    SetupException tooLarge(Throwable e) {
        return new SetupException(
                ByteStrings.display(path) + ": too large for "
                        + (Runtime.getRuntime().maxMemory() >> 20)
                        + " MiB of memory; give more with SOCKETBOX_JAVA_OPTS=-Xmx2g",
                e);
    }

    private void readInto(SourceText text) {
        for (byte[] some = Descriptors.read(fd, CHUNK_SIZE); some.length > 0; some = Descriptors.read(fd, CHUNK_SIZE)) {
            text.append(some);
        }
    }

    /** Lets go of what was read; {@link #reopen} still works. */
    void release() {
        close(fd);
        fd = -1;
    }

    @Override
    public void close() {
        release();
        close(folderFd);
    }

    private static void close(int descriptor) {
        if (descriptor >= 0) {
            Descriptors.close(descriptor);
        }
    }
}
