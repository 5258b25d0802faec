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
    private final boolean adopted;
    private RegisterSocket says;

    private RegisterListener(int id, int fd, SocketFile file, RegisterSocket says, boolean adopted) {
        this.adopted = adopted;
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

    /** One that another process has bound and passed on; takes over the descriptor. */
    static RegisterListener adopt(int id, int fd, RegisterSocket says) {
        return new RegisterListener(id, fd, SocketFile.adopt(says.path()), says, true);
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

    /** Leaves listening, and the file, to a successor that has a copy of the descriptor. */
    void leave() {
        Descriptors.close(fd);
    }

    /** Gives up before anybody was let in; what another process has bound is still that one's. */
    void abandon() {
        if (adopted) {
            leave();
        } else {
            close();
        }
    }

    /** Stops listening, and removes the file where this process may. */
    void close() {
        try {
            file.unlink();
        } catch (LinuxException leftForTheNextStart) {
            // Who binds there next replaces it.
        }
        Descriptors.close(fd);
    }
}
