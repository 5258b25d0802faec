package io.socketbox.server;

import io.socketbox.linux.Endpoint;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.program.SetupException;

/** Looks at the descriptors of {@code -s} and {@code -i} before anything relies on it. */
final class InheritedSocket {
    private InheritedSocket() {}

    /**
     * Makes sure that connections can be accepted from a descriptor, now or after listen(2).
     *
     * @param fd the descriptor.
     * @throws SetupException when it is not a bound or listening internet stream socket.
     */
    static void check(int fd) throws SetupException {
        int type = option("-s ", fd, SocketOption.SO_TYPE);
        if (type != Sockets.STREAM) {
            throw new SetupException("-s " + fd + ": the socket is "
                    + (type == Sockets.DGRAM ? "a datagram" : type == Sockets.SEQPACKET ? "a seqpacket" : "another")
                    + " socket (SO_TYPE " + type + "), not a stream (TCP) socket");
        }
        int domain = option("-s ", fd, SocketOption.SO_DOMAIN);
        if (domain != Sockets.AF_INET6 && domain != Sockets.AF_INET) {
            throw new SetupException("-s " + fd + ": the socket is of family " + domain
                    + (domain == Sockets.AF_UNIX ? " (AF_UNIX)" : "") + " (SO_DOMAIN), not of AF_INET6 or AF_INET,"
                    + " so that its connections have no address to look up");
        }
        if (option("-s ", fd, SocketOption.SO_ACCEPTCONN) == 0) {
            checkBound(fd);
        }
    }

    private static void checkBound(int fd) throws SetupException {
        Endpoint peer = peerOrNull(fd);
        if (peer != null) {
            throw new SetupException("-s " + fd + ": the socket is a connection from " + peer
                    + " (SO_ACCEPTCONN 0), not one to accept connections from; inetd and systemd pass the listening"
                    + " socket itself with `wait` and Accept=no");
        }
        if (Sockets.localAddress(fd).port() == 0) {
            throw new SetupException("-s " + fd + ": the socket is neither listening nor bound to a port; bind(2) it in"
                    + " the program that passes it on");
        }
    }

    private static Endpoint peerOrNull(int fd) {
        try {
            return Sockets.peerAddress(fd);
        } catch (LinuxException notConnected) {
            return null;
        }
    }

    /**
     * Makes sure that connections can be handed over through a descriptor ({@code -i}).
     *
     * @param number of the option.
     * @param fd the descriptor that it stands for.
     * @throws SetupException when it is not a UNIX socket.
     */
    static void checkDestination(int number, int fd) throws SetupException {
        int domain = option("-i ", fd, SocketOption.SO_DOMAIN);
        if (domain != Sockets.AF_UNIX) {
            throw new SetupException("-i " + number + ": the socket is of family " + domain
                    + " (SO_DOMAIN); only a UNIX socket can pass connections on");
        }
    }

    private static int option(String attempt, int fd, SocketOption option) throws SetupException {
        try {
            return Sockets.getOption(fd, option);
        } catch (LinuxException e) {
            String advice = switch (e.errno()) {
                case Errno.EBADF -> "; no such descriptor is open: the program that starts socketbox has to pass it";
                case Errno.ENOTSOCK -> "; the descriptor is something else than a socket";
                default -> "";
            };
            throw new SetupException(attempt + fd + ": " + e.getMessage() + advice, e);
        }
    }
}
