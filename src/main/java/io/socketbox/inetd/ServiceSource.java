package io.socketbox.inetd;

import io.socketbox.handoff.ReceivingSocket;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.program.Registration;
import io.socketbox.program.SetupException;

/** The open end of a {@link Place}: its own datagram socket, or the connection of a registration. For one thread. */
final class ServiceSource implements AutoCloseable {
    private final ReceivingSocket socket;
    private final int registration;

    private ServiceSource(ReceivingSocket socket, int registration) {
        this.socket = socket;
        this.registration = registration;
    }

    /**
     * Binds or registers.
     *
     * @throws SetupException when that fails, with advice.
     */
    static ServiceSource open(Place place) throws SetupException {
        return place.isRegistration()
                ? ofRegistration(register(place))
                : new ServiceSource(place.file().bind(), -1);
    }

    /** Registers; waits for the answer. The descriptor is the caller's. */
    static int register(Place place) throws SetupException {
        return Registration.connect(place.display(), place.path(), place.group());
    }

    /** Takes over the connection of a registration. */
    static ServiceSource ofRegistration(int fd) {
        return new ServiceSource(null, fd);
    }

    /** Gives the socket's file mode and owner anew. */
    void permit(Place place) {
        if (socket != null) {
            place.file().permit(socket);
        }
    }

    /** To receive from; owned here. */
    int fd() {
        return socket == null ? registration : socket.fd();
    }

    /**
     * Takes no more from senders. What was sent can still be received, until receiving gives 0.
     *
     * @throws LinuxException when the socket's file cannot be removed; receiving has ended all the same.
     */
    void stop() {
        if (socket != null) {
            socket.stop();
        } else {
            Sockets.shutdown(registration, Sockets.SHUT_RD);
        }
    }

    @Override
    public void close() {
        Descriptors.close(fd());
    }
}
