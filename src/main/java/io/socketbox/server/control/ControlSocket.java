package io.socketbox.server.control;

import io.socketbox.handoff.SocketFile;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.FileStatus;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.program.PrivilegePlan;
import io.socketbox.program.SetupException;

/**
 * The listening end of the control socket: bound while the process may, at the path as it is before chroot(2), for the
 * user that the process will be. Owns its descriptor and its file.
 */
public final class ControlSocket {
    /** Where it is when the command line does not say. */
    public static final String DEFAULT_PATH = "/run/socketbox/control";

    private static final int MODE = 0600;
    private static final int BACKLOG = 16;

    private final SocketFile file;
    private int fd;
    private volatile boolean shared;

    private ControlSocket(int fd, SocketFile file) {
        this.fd = fd;
        this.file = file;
    }

    /**
     * Binds and listens; answering is {@link ControlServer}'s business.
     *
     * @param path of {@code --control}, a byte string; null for {@link #DEFAULT_PATH}, if its folder is there.
     * @param plan whose user and group will own the file.
     * @param log says when there is none at the default path although there could be.
     * @return null when there is to be none.
     * @throws SetupException when {@code --control} cannot be had.
     */
    public static ControlSocket open(String path, PrivilegePlan plan, EventLog log) throws SetupException {
        if (path != null) {
            return bind(path, plan);
        }
        if (!hasFolder(DEFAULT_PATH)) {
            return null;
        }
        try {
            return bind(DEFAULT_PATH, plan);
        } catch (SetupException e) {
            log.write("no control socket: " + e.getMessage());
            return null;
        }
    }

    /**
     * One that another server has bound and passed on.
     *
     * @param fd owned from here on.
     * @param path of {@code --control}; null for {@link #DEFAULT_PATH}.
     */
    public static ControlSocket adopt(int fd, String path) {
        return new ControlSocket(fd, SocketFile.adopt(path == null ? DEFAULT_PATH : path));
    }

    private static boolean hasFolder(String path) {
        FileStatus folder = FileCalls.tryStat(path.substring(0, path.lastIndexOf('/')));
        return folder != null && folder.isDirectory();
    }

    private static ControlSocket bind(String path, PrivilegePlan plan) throws SetupException {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.STREAM | Sockets.NONBLOCK);
        try {
            SocketFile file = SocketFile.bind(
                    fd,
                    path,
                    MODE,
                    plan.uid().orElse(SocketFile.SAME),
                    plan.gid().orElse(SocketFile.SAME));
            // Nobody gets in before this, and so before the mode is what it has to be.
            Sockets.listen(fd, BACKLOG);
            return new ControlSocket(fd, file);
        } catch (LinuxException e) {
            Descriptors.close(fd);
            throw new SetupException("--control " + ByteStrings.display(path) + ": " + e.getMessage() + advice(e), e);
        }
    }

    private static String advice(LinuxException e) {
        return switch (e.errno()) {
            case Errno.EADDRINUSE ->
                "; another server answers there, or it is no socket: give each server a path of its own";
            case Errno.EACCES, Errno.EROFS -> "; it needs a folder that may be written to";
            case Errno.ENOENT -> "; its folder has to be there";
            default -> "";
        };
    }

    /** The listening socket, non-blocking; owned here. */
    public int fd() {
        return fd;
    }

    /** Its path, a byte string. */
    public String path() {
        return file.path();
    }

    /** Whether a successor has a copy of the descriptor, and may be about to answer there. */
    public void share(boolean withSuccessor) {
        shared = withSuccessor;
    }

    /** Stops listening and removes the file, if this process still may and no successor shares it. */
    public void close() {
        if (fd < 0) {
            return;
        }
        if (!shared) {
            unlink();
        }
        leave();
    }

    private void unlink() {
        try {
            file.unlink();
        } catch (LinuxException leftForTheNextStart) {
            // After a change of root or user the file cannot be reached; who starts next replaces it.
        }
    }

    /** Lets go of it without removing the file: another process answers there now. */
    public void leave() {
        if (fd >= 0) {
            Descriptors.close(fd);
            fd = -1;
        }
    }
}
