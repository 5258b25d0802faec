package io.socketbox.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One client connection made by hand. For one thread. */
public final class Talk implements AutoCloseable {
    private static final int TIMEOUT_MS = 30_000;

    private final Socket socket;

    private Talk(Socket socket) {
        this.socket = socket;
    }

    /** Connects within {@code netns}, from {@code source} where that is not null. */
    public static Talk to(Netns netns, InetSocketAddress target, String source) {
        return netns.call(() -> {
            Socket socket = new Socket();
            if (source != null) {
                socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
            }
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(target, TIMEOUT_MS);
            return new Talk(socket);
        });
    }

    /** Connects, sends {@code text}, and gives all that comes back until the end. */
    public static String once(Netns netns, InetSocketAddress target, String text) {
        try (Talk talk = to(netns, target, null)) {
            return talk.say(text).rest();
        }
    }

    public Talk say(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that comes until the end. */
    public String rest() {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
