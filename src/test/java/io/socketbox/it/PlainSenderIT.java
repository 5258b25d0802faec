package io.socketbox.it;

import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.InetdProcess;
import io.socketbox.testing.RelayTarget;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each receiving program behind a sender that is not ours and knows nothing but one byte and one descriptor. */
class PlainSenderIT {
    private static final List<InetSocketAddress> SERVERS = List.of(at("2001:db8::7", 80), at("192.0.2.7", 80));
    private static final List<String> CLIENTS = List.of(Scene.CLIENT_IPV6, Scene.CLIENT_IPV4);
    private static final int BURST = 500;

    private final Scene scene = new Scene();

    @AfterEach
    void removeEverything() {
        scene.close();
    }

    /** Sends to the receiver at the path, which is there. */
    private void send(Path receiver) throws IOException {
        Path log = scene.path("sender.log");
        Path program = Path.of("src/test/python/sender.py").toAbsolutePath();
        Process sender = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        scene.netns().toString(),
                        "python3",
                        program.toString(),
                        receiver.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        scene.with((AutoCloseable) () -> sender.destroyForcibly().waitFor());
        Await.until(
                "the sender is ready: " + DaemonProcess.read(log),
                () -> DaemonProcess.read(log).contains("ready") || !sender.isAlive());
        assertTrue(sender.isAlive(), () -> DaemonProcess.read(log));
    }

    /** Both families, the client as the receiver saw it in each answer, and none lost of many. */
    private void assertServes(String ipv4Prefix) throws InterruptedException {
        for (int i = 0; i < SERVERS.size(); i++) {
            Exchange exchange = Exchange.with(scene.clients(), SERVERS.get(i), "who\n", "\n");
            String client = (i == 0 ? "" : ipv4Prefix) + CLIENTS.get(i);
            String wanted = client + " " + exchange.client().getPort();
            assertTrue(exchange.answer().startsWith(wanted), () -> wanted + " in " + exchange);
        }
        assertEquals(List.of(), Exchange.burst(scene.clients(), SERVERS, BURST, "who\n", "\n"));
    }

    @Test
    void inetdReceives() throws Exception {
        InetdProcess inetd = InetdProcess.startElsewhere(
                scene, scene.path("s").toString(), "sh", "-c", "read w; echo $TCPREMOTEIP $TCPREMOTEPORT");
        send(scene.path("s"));
        assertServes("");
        assertEquals(0, inetd.process().terminate());
    }

    @Test
    void relayReceives() throws Exception {
        RelayTarget.start(scene, "::1", 90, socket -> {
            String[] proxy = RelayTarget.line(socket).split(" ");
            RelayTarget.line(socket);
            socket.getOutputStream().write((proxy[2] + " " + proxy[4] + "\n").getBytes(StandardCharsets.ISO_8859_1));
        });
        ServerProcess relay = RelayScene.relay(scene, "-c", "::1", "-p", "90", "--proxy", "v1");
        send(scene.path("s"));
        assertServes("");
        assertEquals(0, relay.terminate());
    }

    @Test
    void preloadReceives() throws Exception {
        String program = Path.of("src/test/python/echo.py").toAbsolutePath().toString();
        DaemonProcess daemon = DaemonProcess.start(
                scene, "daemon", "[::]:7", scene.path("s"), List.of("/usr/bin/python3", program, "thread"));
        send(scene.path("s"));
        assertServes("::ffff:");
        assertEquals(0, daemon.end(DaemonStage.SIGTERM), daemon::log);
    }
}
