package io.socketbox.it;

import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the tests of the relay have in common: the real server, the relay behind it, and clients. */
final class RelayScene {
    /** Everything goes to the relay. */
    static final String RULES = "rule-set:0\ndefault jump-unix:@s\n";
    /** What clients connect to. */
    static final InetSocketAddress FRONT = at("2001:db8::7", 80);

    static final int SIGHUP = 1;

    private RelayScene() {}

    /** A relay at the path that {@link #RULES} name, ready. */
    static ServerProcess relay(Scene scene, String... arguments) {
        return relay(scene, List.of(), arguments);
    }

    /** The same with a command around it. */
    static ServerProcess relay(Scene scene, List<String> wrapper, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-s", scene.path("s").toString()));
        all.addAll(Arrays.asList(arguments));
        return launch(scene, wrapper, all);
    }

    /** A relay with exactly these arguments, ready. */
    static ServerProcess launch(Scene scene, List<String> wrapper, List<String> arguments) {
        ServerProcess relay =
                scene.with(ServerProcess.launch(scene.netns(), "socketbox-relay", arguments, List.of(), wrapper));
        relay.awaitLine(line -> line.contains("ready: "));
        return relay;
    }

    /** A connection to {@link #FRONT}, closed with the scene. */
    static Socket client(Scene scene) {
        return scene.netns().call(() -> {
            Socket socket = new Socket();
            socket.connect(FRONT);
            socket.setSoTimeout(300_000);
            return scene.with(socket);
        });
    }

    static byte[] digest(InputStream in) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] chunk = new byte[50_000];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static void drain(Socket socket) throws IOException {
        digest(socket.getInputStream());
    }

    static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void assertEcho(Scene scene, String text) {
        try (Socket client = client(scene)) {
            send(client, text.getBytes(StandardCharsets.ISO_8859_1));
            assertEquals(text, new String(client.getInputStream().readAllBytes(), "ISO-8859-1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String rest(Socket client) {
        try {
            return new String(client.getInputStream().readAllBytes(), "ISO-8859-1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
