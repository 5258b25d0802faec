package io.socketbox.it;

import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import io.socketbox.testing.Netns;
import io.socketbox.testing.RelayTarget;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.Talk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where the relay connects to.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>several</td><td>in turn, the next after a failure, none, one that does not answer</td></tr>
 * <tr><td>kinds</td><td>UNIX sockets, NAT64 in all its forms, transparent</td></tr>
 * </table>
 */
class RelayTargetsIT {
    @Test
    void targetsTakeTurnsAndTheNextStandsIn() {
        try (Scene scene = new Scene()) {
            RelayTarget a = RelayTarget.start(scene, "::1", 90, RelayScene::echo);
            RelayTarget b = RelayTarget.start(scene, "127.0.0.1", 91, RelayScene::echo);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-c", "[::1]:90", "-c", "127.0.0.1:91", "-c", "[::1]:99");
            for (int i = 0; i < 9; i++) {
                RelayScene.assertEcho(scene, "hello");
            }
            assertEquals(9, a.accepted() + b.accepted());
            assertTrue(a.accepted() >= 3 && b.accepted() >= 3, a.accepted() + " and " + b.accepted());
            relay.awaitLine(line -> line.contains("ended; [::1]:99: ECONNREFUSED"));
        }
    }

    @Test
    void withoutATargetTheClientIsReset() throws Exception {
        try (Scene scene = new Scene()) {
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(
                    scene, "-c", "[::1]:98", "-u", scene.path("none").toString());
            for (int i = 0; i < 3; i++) {
                try (Socket client = RelayScene.client(scene)) {
                    assertThrows(
                            SocketException.class, () -> client.getInputStream().read());
                }
            }
            String line = relay.awaitLine(l -> l.contains("no target"));
            assertTrue(line.contains("[::1]:98: ECONNREFUSED") || line.contains("ECONNREFUSED"), line);
            assertTrue(line.contains("ENOENT"), line);
            assertTrue(relay.isAlive());
        }
    }

    @Test
    void aTargetThatDoesNotAnswerIsGivenUp() {
        try (Scene scene = new Scene()) {
            // Nobody has that address: packets vanish.
            Netns.link(scene.netns(), "blind", scene.anotherNetns(), "other");
            scene.netns().ip("addr add 198.51.100.1/24 dev blind");
            scene.netns().ip("neigh add 198.51.100.2 lladdr 02:00:00:00:00:01 dev blind");
            RelayTarget.start(scene, "::1", 90, RelayScene::echo);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay =
                    RelayScene.relay(scene, "-c", "[::1]:90", "-c", "198.51.100.2:90", "--connect-timeout", "100ms");
            RelayScene.assertEcho(scene, "one");
            RelayScene.assertEcho(scene, "two");
            relay.awaitLine(line -> line.contains("198.51.100.2:90: no answer in time"));
        }
    }

    @Test
    void unixSocketsAnswer() throws Exception {
        try (Scene scene = new Scene()) {
            Path path = scene.path("daemon");
            String name = "skbt-relay-" + ProcessHandle.current().pid();
            int byPath = TestSockets.bindUnix(TestSockets.SOCK_STREAM, path);
            int byName = scene.netns().call(() -> TestSockets.bindAbstract(TestSockets.SOCK_STREAM, name));
            scene.patientServer(RelayScene.RULES);
            RelayScene.relay(scene, "-u", path.toString(), "-u", "@" + name, "-i");
            for (int listener : new int[] {byName, byPath}) {
                TestSockets.listen(listener, 10);
            }
            // Targets take turns, beginning with the second.
            for (int listener : new int[] {byName, byPath}) {
                Socket client = RelayScene.client(scene);
                int accepted = TestSockets.accept(listener);
                assertEquals(
                        "PROXY TCP6 ::1 2001:db8::7 " + client.getLocalPort() + " 80\r\n",
                        new String(TestSockets.read(accepted, 200), StandardCharsets.US_ASCII));
                client.getOutputStream().write("question".getBytes(StandardCharsets.US_ASCII));
                assertEquals("question", new String(TestSockets.read(accepted, 200), StandardCharsets.US_ASCII));
                TestSockets.write(accepted, "answer".getBytes(StandardCharsets.US_ASCII));
                TestSockets.close(accepted);
                assertEquals("answer", RelayScene.rest(client));
                TestSockets.close(listener);
            }
        }
    }

    @Test
    void nat64TakesTheAddressThatTheClientMeant() {
        try (Scene scene = new Scene()) {
            scene.netns().anyIp("64:ff9b::/96");
            RelayTarget.start(scene, "192.0.2.33", 90, RelayScene::echo);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-N", "-c", "::ffff:0.0.0.0", "-p", "90");
            assertEquals("", outside(scene));
            Socket client = scene.netns().call(() -> new Socket(InetAddress.getByName("64:ff9b::c000:221"), 80));
            scene.with(client);
            RelayScene.send(client, new byte[] {'x'});
            assertEquals("x", RelayScene.rest(client));
            relay.awaitLine(line -> line.contains("by 192.0.2.33:90: 1 bytes sent, 1 received"));
            relay.awaitLine(line -> line.contains("is outside of 64:ff9b::/96; closed"));
        }
    }

    private static String outside(Scene scene) {
        try (Socket client = RelayScene.client(scene)) {
            return RelayScene.rest(client);
        } catch (IOException | UncheckedIOException reset) {
            return "";
        }
    }

    private static void assertEchoFrom(Scene scene, String address, int port) {
        Socket client = scene.with(scene.netns().call(() -> new Socket(InetAddress.getByName(address), port)));
        RelayScene.send(client, new byte[] {'x'});
        assertEquals("x", RelayScene.rest(client));
    }

    @Test
    void nat64KeepsThePort() {
        try (Scene scene = new Scene()) {
            scene.netns().address("lo", "64:ff9b::c000:221/128");
            RelayTarget.start(scene, "192.0.2.33", 80, RelayScene::echo);
            RelayTarget.start(scene, "192.0.2.33", 8081, RelayScene::echo);
            scene.patientServer(RelayScene.RULES, "-l", "64:ff9b::c000:221", "-p", "80", "-p", "8081");
            ServerProcess relay = RelayScene.relay(scene, "-N", "-c", "::ffff:0.0.0.0", "-p", "0");
            assertEchoFrom(scene, "64:ff9b::c000:221", 8081);
            relay.awaitLine(line -> line.contains("by 192.0.2.33:8081: 1 bytes sent, 1 received"));
            assertEchoFrom(scene, "64:ff9b::c000:221", 80);
            relay.awaitLine(line -> line.contains("by 192.0.2.33:80: 1 bytes sent, 1 received"));
        }
    }

    @Test
    void nat64TakesHalfOfTheAddress() {
        try (Scene scene = new Scene()) {
            scene.netns().anyIp("2001:db8:a::/64").address("lo", "2001:db8:b::1:2:3:4/128");
            RelayTarget.start(scene, "2001:db8:b::1:2:3:4", 90, RelayScene::echo);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay =
                    RelayScene.relay(scene, "-Nx", "-P", "2001:db8:a::", "-c", "2001:db8:b::", "-p", "90");
            assertEchoFrom(scene, "2001:db8:a::1:2:3:4", 80);
            relay.awaitLine(line -> line.contains("by [2001:db8:b:0:1:2:3:4]:90: 1 bytes sent, 1 received"));
            assertEquals("", outside(scene));
            relay.awaitLine(line -> line.contains("is outside of 2001:db8:a::/64; closed"));
        }
    }

    @ParameterizedTest
    @CsvSource({"-N, -c0000221", "-Nx, -00000000c0000221"})
    void nat64NamesAUnixSocket(String options, String suffix) throws Exception {
        try (Scene scene = new Scene()) {
            scene.netns().anyIp("64:ff9b::/96");
            int listener = TestSockets.bindUnix(TestSockets.SOCK_STREAM, scene.path("daemon" + suffix));
            TestSockets.listen(listener, 10);
            scene.patientServer(RelayScene.RULES);
            RelayScene.relay(scene, options, "-u", scene.path("daemon").toString());
            Socket client =
                    scene.with(scene.netns().call(() -> new Socket(InetAddress.getByName("64:ff9b::c000:221"), 80)));
            int accepted = TestSockets.accept(listener);
            TestSockets.write(accepted, new byte[] {'y'});
            TestSockets.close(accepted);
            assertEquals("y", RelayScene.rest(client));
            TestSockets.close(listener);
        }
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.90, 192.0.2.9, 192.0.2.55", "2001:db8::90, 2001:db8::9, 2001:db8::55"})
    void transparentShowsTheTargetTheClient(String target, String front, String source) throws Exception {
        try (Scene scene = new Scene()) {
            CompletableFuture<InetAddress> seen = new CompletableFuture<>();
            for (String own : List.of(target, source)) {
                scene.netns().address("lo", own + (own.contains(":") ? "/128" : "/32"));
            }
            RelayTarget.start(scene, target, 90, socket -> seen.complete(socket.getInetAddress()));
            scene.patientServer(RelayScene.RULES);
            RelayScene.relay(scene, "-c", target, "-p", "90", "--transparent");
            try (Talk talk = Talk.to(scene.netns(), at(front, 80), source)) {
                assertEquals("", talk.rest());
            }
            assertEquals(InetAddress.getByName(source), seen.join());
        }
    }
}
