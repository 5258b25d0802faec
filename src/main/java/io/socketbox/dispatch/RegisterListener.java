package io.socketbox.dispatch;

import io.socketbox.handoff.SocketFile;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.route.RegisterSocket;

/** A register socket that is open: its descriptor, its file, and what the configuration says of it now. One thread. */
final class RegisterListener {
    private static final int BACKLOG = 64;

    private final int id;
    private final int fd;
    private final SocketFile file;
    private RegisterSocket says;
    private boolean shared;

    private RegisterListener(int id, int fd, SocketFile file, RegisterSocket says, boolean shared) {
        this.shared = shared;
        this.id = id;
        this.fd = fd;
        this.file = file;
        this.says = says;
    }

    /**
     * Binds and listens. The file of a socket that nobody has open any more is replaced.
     *
     * @param id   comes back with epoll events.
     * @param says what the configuration says of it.
     * @throws LinuxException when that cannot be; EADDRINUSE when there is another file or a socket in use.
     */
    static RegisterListener open(int id, RegisterSocket says) {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.SEQPACKET | Sockets.NONBLOCK);
        try {
            SocketFile file = SocketFile.bind(fd, says.path(), says.mode(), says.uid(), says.gid());
            // Nobody gets in before this, and so before the mode is what it has to be.
            Sockets.listen(fd, BACKLOG);
            return new RegisterListener(id, fd, file, says, false);
        } catch (LinuxException e) {
            Descriptors.close(fd);
            throw e;
        }
    }

    /** One that another process has bound, and has still; takes over the descriptor. */
    static RegisterListener adopt(int id, int fd, RegisterSocket says) {
        return new RegisterListener(id, fd, SocketFile.adopt(says.path()), says, true);
    }

    /** Ends one that the process before has left, and the configuration does not name; takes over the descriptor. */
    static void discard(String path, int fd) {
        new RegisterListener(0, fd, SocketFile.adopt(path), null, false).close();
    }

    int id() {
        return id;
    }

    int fd() {
        return fd;
    }

    RegisterSocket says() {
        return says;
    }

    /** The configuration has changed; gives the file another mode and owner if it says so. */
    void change(RegisterSocket now) {
        RegisterSocket before = says;
        says = now;
        if (now.mode() != before.mode() || now.uid() != before.uid() || now.gid() != before.gid()) {
            file.permit(now.mode(), now.uid(), now.gid());
        }
    }

    /** Whether another process has a copy of the descriptor, a predecessor or a successor. */
    void share(boolean withAnother) {
        shared = withAnother;
    }

    /** Stops listening, and removes the file where this process may; what is shared is left to the other process. */
    void close() {
        if (!shared) {
            unlink();
        }
        Descriptors.close(fd);
    }

    private void unlink() {
        try {
            file.unlink();
        } catch (LinuxException leftForTheNextStart) {
            // Who binds there next replaces it.
        }
    }
}
