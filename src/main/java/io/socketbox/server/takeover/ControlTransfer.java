package io.socketbox.server.takeover;

import io.socketbox.linux.Descriptors;
import io.socketbox.server.control.ControlServer;
import io.socketbox.server.control.ControlSocket;
import java.util.List;

/** The control socket itself, so that its path answers all the time. */
public final class ControlTransfer implements Transferable {
    private final ControlSocket socket;
    private final ControlServer server;

    /** @param server answers at the socket. */
    public ControlTransfer(ControlSocket socket, ControlServer server) {
        this.socket = socket;
        this.server = server;
    }

    @Override
    public List<Inheritance.Item> copies() {
        Inheritance.Item copy = new Inheritance.Item(Inheritance.CONTROL, "", Descriptors.dupFrom(socket.fd(), 0));
        socket.share(true);
        return List.of(copy);
    }

    @Override
    public void resume() {
        socket.share(false);
    }

    @Override
    public void leave(List<Inheritance.Item> kept) {
        server.stop();
        socket.leave();
    }
}
