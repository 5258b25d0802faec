package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.RelayTarget;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.Talk;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Where the relay's connections come from, and how it starts, changes and ends.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>intake</td><td>a listening descriptor, one that descriptors arrive on, too few descriptors, EMFILE</td></tr>
 * <tr><td>life</td><td>SIGTERM, SIGHUP, idle connections, privileges, bad starts</td></tr>
 * </table>
 */
class RelayLifeIT {
    @Test
    void sigtermLetsConnectionsEnd() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayScene::echo);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-p", "90", "--grace", "5m");
            try (Socket client = RelayScene.client(scene)) {
                client.getOutputStream().write('a');
                assertEquals('a', client.getInputStream().read());
                relay.signal(ServerProcess.SIGTERM);
                Await.until("the socket is gone", () -> !Files.exists(scene.path("s")));
                client.getOutputStream().write('b');
                assertEquals('b', client.getInputStream().read());
                assertTrue(relay.isAlive());
                client.shutdownOutput();
                assertEquals(-1, client.getInputStream().read());
            }
            assertEquals(0, relay.awaitExit());
        }
    }

    @Test
    void graceBoundsTheEnd() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayScene::echo);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-p", "90", "--grace", "0s");
            try (Socket client = RelayScene.client(scene)) {
                client.getOutputStream().write('a');
                assertEquals('a', client.getInputStream().read());
                assertEquals(0, relay.terminate());
                assertThrows(
                        SocketException.class, () -> client.getInputStream().read());
            }
            relay.awaitLine(line -> line.endsWith("stopped"));
        }
    }

    @Test
    void restartsUnderLoadLoseNothing() {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayTarget::answer);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-p", "90", "-i");
            LoadClient load = LoadClient.start(scene.netns(), addresses(8), 1_500, 32, 600_000);
            for (int i = 1; i <= 2; i++) {
                load.awaitFinished(i * 300);
                assertEquals(0, relay.terminate());
                relay = RelayScene.relay(scene, "-p", "90", "-i");
            }
            Result result = load.result();
            assertEquals(1_500, result.answered(), result::toString);
        }
    }

    @Test
    void servicesOfAFileChange() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(
                    scene, "::1", 90, socket -> socket.getOutputStream().write('A'));
            RelayTarget.start(
                    scene, "::1", 91, socket -> socket.getOutputStream().write('B'));
            scene.patientServer(RelayScene.RULES);
            var file = scene.config("-s @s -p 90 # first\n-s @other -p 90\n");
            ServerProcess relay = RelayScene.launch(scene, List.of(), List.of("-f", file.toString()));
            assertEquals("A", Talk.once(scene.netns(), RelayScene.FRONT, ""));
            Files.writeString(file, "-s " + scene.path("s") + " -p 91\n");
            relay.signal(RelayScene.SIGHUP);
            relay.awaitLine(line -> line.contains("1 there, 0 opened, 1 stopped"));
            assertEquals("B", Talk.once(scene.netns(), RelayScene.FRONT, ""));
            assertFalse(Files.exists(scene.path("other")));
            Files.writeString(file, "nonsense\n");
            relay.signal(RelayScene.SIGHUP);
            relay.awaitLine(line -> line.contains("services not read anew"));
            assertEquals("B", Talk.once(scene.netns(), RelayScene.FRONT, ""));
        }
    }

    @Test
    void idleConnectionsAreReset() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayScene::drain);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-p", "90", "--idle-timeout", "200ms");
            try (Socket client = RelayScene.client(scene)) {
                client.getOutputStream().write('a');
                assertThrows(
                        SocketException.class, () -> client.getInputStream().read());
            }
            relay.awaitLine(line -> line.contains("1 bytes sent, 0 received") && line.endsWith("idle for too long"));
        }
    }

    @Test
    void withFewDescriptorsTheRestWaits() {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayTarget::answer);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, List.of("prlimit", "--nofile=160:160"), "-p", "90", "-i");
            Result result = LoadClient.run(scene.netns(), addresses(5), 500, 200, 600_000);
            assertEquals(500, result.answered(), result::toString);
            assertTrue(relay.isAlive());
        }
    }

    private static int listener(Scene scene) {
        return scene.netns().call(() -> {
            int listener = TestSockets.bindTcp(at("::", RelayScene.FRONT.getPort()));
            TestSockets.listen(listener, 100);
            return listener;
        });
    }

    private static ServerProcess inheriting(Scene scene, int fd, List<String> wrapper, String... arguments) {
        ServerProcess relay = scene.with(
                ServerProcess.launch(scene.netns(), "socketbox-relay", List.of(arguments), List.of(fd), wrapper));
        relay.awaitLine(line -> line.contains("ready: "));
        return relay;
    }

    @Test
    void aListeningDescriptorIsAcceptedFrom() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayScene::echo);
            int listener = listener(scene);
            ServerProcess relay = inheriting(scene, listener, List.of(), "-l", "3", "-p", "90");
            RelayScene.assertEcho(scene, "by number");
            assertEquals(0, relay.terminate());
            // It is still the test's, so the next one can have it, by default as standard input.
            inheriting(scene, listener, List.of("sh", "-c", "exec \"$@\" <&3", "sh"), "-p", "90");
            RelayScene.assertEcho(scene, "as standard input");
            TestSockets.close(listener);
        }
    }

    @Test
    void descriptorsAreReceivedUntilNobodyCanSendAnyMore() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayScene::echo);
            int listener = listener(scene);
            int[] pair = TestSockets.socketpair(TestSockets.SOCK_SEQPACKET);
            ServerProcess relay = inheriting(scene, pair[1], List.of(), "-e", "-l", "3", "-p", "90");
            TestSockets.close(pair[1]);
            Socket client = RelayScene.client(scene);
            int accepted = TestSockets.accept(listener);
            TestSockets.send(pair[0], new byte[1], accepted);
            TestSockets.close(accepted);
            RelayScene.send(client, new byte[] {'x'});
            assertEquals("x", RelayScene.rest(client));
            TestSockets.close(pair[0]);
            assertEquals(0, relay.awaitExit());
            TestSockets.close(listener);
        }
    }

    /** The limit is lowered behind its back, so that only one more descriptor can be had: the client's. */
    @Test
    void withoutDescriptorsReceivingPauses() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayScene::echo);
            int listener = listener(scene);
            ServerProcess relay =
                    inheriting(scene, listener, List.of(), "-l", "3", "-p", "90", "--connect-timeout", "60m");
            RelayScene.assertEcho(scene, "before");
            Await.until("only its own are open", () -> relay.stats().sockets() <= 2);
            limit(relay, lowestFree(relay) + 1);
            Socket first = RelayScene.client(scene);
            Socket second = RelayScene.client(scene);
            relay.awaitLine(line -> line.contains("socket: EMFILE") && line.contains("receiving pauses"));
            limit(relay, 1_000);
            for (Socket client : List.of(first, second)) {
                RelayScene.send(client, new byte[] {'x'});
                assertEquals("x", RelayScene.rest(client));
            }
            limit(relay, 3);
            Socket third = RelayScene.client(scene);
            relay.awaitLine(line -> line.contains("receive: EMFILE") && line.contains("receiving pauses"));
            limit(relay, 1_000);
            RelayScene.send(third, new byte[] {'x'});
            assertEquals("x", RelayScene.rest(third));
            TestSockets.close(listener);
        }
    }

    private static int lowestFree(ServerProcess relay) {
        int number = 0;
        while (Files.exists(Path.of("/proc/" + relay.pid() + "/fd/" + number), LinkOption.NOFOLLOW_LINKS)) {
            number++;
        }
        return number;
    }

    private static void limit(ServerProcess relay, int soft) throws Exception {
        Process prlimit = new ProcessBuilder("prlimit", "--pid", "" + relay.pid(), "--nofile=" + soft + ":")
                .inheritIO()
                .start();
        assertEquals(0, prlimit.waitFor());
    }

    @Test
    void privilegesAreGivenUpAfterTheSocketIsThere() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayScene::echo);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-p", "90", "--user", "nobody", "--mode", "0600");
            RelayScene.assertEcho(scene, "served");
            String status = Files.readString(Path.of("/proc/" + relay.pid() + "/status"));
            assertTrue(status.contains("NoNewPrivs:\t1") && status.contains("CapEff:\t0000000000000000"), status);
            assertEquals(
                    "nobody",
                    Files.getOwner(Path.of("/proc/" + relay.pid() + "/task")).getName());
        }
    }

    @Test
    void badStartsExitWith1() {
        try (Scene scene = new Scene()) {
            for (List<String> arguments : List.of(
                    List.of("-c", "nonsense"),
                    List.of("-N", "-P", "nonsense"),
                    List.of("-s", "/nonexistent/folder/s"),
                    List.of("-l", "99"),
                    List.of("-f", "/nonexistent"))) {
                ServerProcess relay = scene.with(
                        ServerProcess.launch(scene.netns(), "socketbox-relay", arguments, List.of(), List.of()));
                assertEquals(1, relay.awaitExit(), arguments::toString);
                assertFalse(relay.lines().isEmpty());
            }
        }
    }
}
