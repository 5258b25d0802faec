package io.socketbox.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP server in a namespace, for a relay to connect to; each connection is served by a thread of its own. */
public final class RelayTarget implements AutoCloseable {
    /** What is done with each connection; it is closed afterwards. */
    @FunctionalInterface
    public interface Behaviour {
        void serve(Socket socket) throws IOException;
    }

    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();

    private RelayTarget(ServerSocket listener) {
        this.listener = listener;
    }

    /** Serves at an address until the scene is closed. */
    public static RelayTarget start(Scene scene, String address, int port, Behaviour behaviour) {
        RelayTarget target =
                new RelayTarget(scene.netns().call(() -> new ServerSocket(port, 4096, InetAddress.getByName(address))));
        Thread.ofPlatform().daemon().name("target").start(() -> target.accept(behaviour));
        return scene.with(target);
    }

    /** Gives {@link LoadClient} its answer, made of what the PROXY protocol version 1 says. */
    public static void answer(Socket socket) throws IOException {
        String[] proxy = line(socket).split(" ");
        String token = line(socket);
        String answer = String.join(" ", "relay", token, proxy[2], proxy[4], proxy[3], proxy[5], "10 true\n");
        socket.getOutputStream().write(answer.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    /** One line, without its end. */
    public static String line(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c >= 0 && c != '\n';
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private void accept(Behaviour behaviour) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                accepted.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket, behaviour));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket, Behaviour behaviour) {
        try (socket) {
            behaviour.serve(socket);
        } catch (IOException e) {
            // The relay's side says in its log how the connection ended.
            return;
        } finally {
            sockets.remove(socket);
        }
    }

    /** How many connections there have been. */
    public int accepted() {
        return accepted.get();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
