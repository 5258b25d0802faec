package io.socketbox.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients whom the kernel has let in, whether their server turns yet or not: they wait in its backlog. */
public final class QueuedClients {
    private final List<Socket> clients;

    private QueuedClients(List<Socket> clients) {
        this.clients = clients;
    }

    /** Connects so many of them; returns when all are connected. */
    public static QueuedClients connect(Netns netns, InetSocketAddress front, int count) {
        return new QueuedClients(netns.call(() -> {
            List<Socket> connected = new ArrayList<>();
            while (connected.size() < count) {
                connected.add(new Socket(front.getAddress(), front.getPort()));
            }
            return connected;
        }));
    }

    /** Each of them sends a token and reads to the end. Returns what they were answered, in order of connecting. */
    public List<String> ask() {
        return clients.stream().map(QueuedClients::ask).toList();
    }

    private static String ask(Socket client) {
        try (client) {
            client.getOutputStream().write("token\n".getBytes(StandardCharsets.UTF_8));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
