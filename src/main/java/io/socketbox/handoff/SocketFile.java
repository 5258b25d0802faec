package io.socketbox.handoff;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.FileStatus;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;

/** The file of a UNIX socket: how it comes, whose it is, and how it goes. Holds no descriptor. */
public final class SocketFile {
    /** For an id that is to stay what it is. */
    public static final int SAME = -1;

    private final String path;
    private final FileStatus file;

    private SocketFile(String path, FileStatus file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Binds a socket. The file of a socket that nobody has open any more is replaced.
     *
     * @param fd the socket, of any type; stays the caller's
     * @param path where, as a byte string of at most 107 bytes
     * @param mode the permissions of the file; who may write may connect or send
     * @param uid the file's owner, or {@link #SAME}
     * @param gid its group, or {@link #SAME}
     * @throws LinuxException when that cannot be; EADDRINUSE when there is another file or a socket in use
     */
    public static SocketFile bind(int fd, String path, int mode, int uid, int gid) {
        try {
            Sockets.bindUnix(fd, path);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EADDRINUSE || !isAbandoned(path)) {
                throw e;
            }
            FileCalls.unlink(path);
            Sockets.bindUnix(fd, path);
        }
        SocketFile bound = new SocketFile(path, FileCalls.lstat(path));
        bound.permit(mode, uid, gid);
        return bound;
    }

    /**
     * The file of a socket that another process has bound and passed on.
     *
     * @param path where it was bound, as seen from here
     */
    public static SocketFile adopt(String path) {
        return new SocketFile(path, FileCalls.tryStat(path));
    }

    /** Whether the file is a socket's, and connecting to it is refused because no process has that socket any more. */
    private static boolean isAbandoned(String path) {
        if (!FileCalls.lstat(path).isSocket()) {
            return false;
        }
        int probe = Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
        try {
            Sockets.connectUnix(probe, path);
            return false;
        } catch (LinuxException e) {
            // A live socket of another type is EPROTOTYPE.
            return e.errno() == Errno.ECONNREFUSED;
        } finally {
            Descriptors.close(probe);
        }
    }

    /** Sets permissions and owner of the file, as {@link #bind} does. */
    public void permit(int mode, int uid, int gid) {
        if (uid != SAME || gid != SAME) {
            FileCalls.chown(path, uid, gid);
        }
        FileCalls.chmod(path, mode);
    }

    /** Where it is, a byte string. */
    public String path() {
        return path;
    }

    /**
     * Removes the file, unless a successor has put its own in that place.
     *
     * @throws LinuxException when it cannot be removed
     */
    public void unlink() {
        try {
            if (file != null && FileCalls.lstat(path).isSameFile(file)) {
                FileCalls.unlink(path);
            }
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }
}
