package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.Gate;
import io.socketbox.testing.InetdProcess;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.Talk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How socketbox-inetd ends, and how its services come and go.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>SIGTERM</td><td>takes no more, serves what it has, exit 0; --grace bounds that; a second one ends at once</td></tr>
 * <tr><td>restarts under load</td><td>none lost</td></tr>
 * <tr><td>-f and SIGHUP</td><td>services stay with their socket, change, come and go; a bad file changes nothing</td></tr>
 * </table>
 */
class InetdLifeIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@s\n";
    private static final int SIGHUP = 1;

    @Test
    void whatItHasIsServedAfterSigterm() {
        try (Scene scene = new Scene()) {
            Gate gate = new Gate(scene);
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(
                    scene, "-c", "5", scene.path("s").toString(), "sh", "-c", gate.before(InetdProcess.ANSWER));
            int count = 5 + 2 * Scene.KERNEL_QUEUE;
            LoadClient client = LoadClient.start(scene.netns(), addresses(4), count, count, 600_000);
            inetd.awaitStarted(5);
            inetd.process().signal(ServerProcess.SIGTERM);
            Await.until("the socket is gone", () -> !Files.exists(scene.path("s")));
            gate.open();
            assertEquals(0, inetd.process().awaitExit());
            int ended = inetd.ends().size();
            assertTrue(ended >= 5, inetd.ends()::toString);
            assertEquals(List.of("exit 0"), inetd.ends().stream().distinct().toList());
            // What the server still held waits for a successor.
            InetdProcess.start(scene, scene.path("s").toString(), "sh", "-c", gate.before(InetdProcess.ANSWER));
            Result result = client.result();
            assertEquals(count, result.answered(), result::toString);
        }
    }

    @Test
    void childrenGoOnAfterTheTimeOfGrace() {
        try (Scene scene = new Scene()) {
            Gate gate = new Gate(scene);
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(
                    scene, "--grace", "0s", scene.path("s").toString(), "sh", "-c", gate.before(InetdProcess.ANSWER));
            LoadClient client = LoadClient.start(scene.netns(), addresses(1), 3, 3, 600_000);
            inetd.awaitStarted(3);
            assertEquals(0, inetd.process().terminate());
            inetd.awaitLine("children that go on: 3");
            gate.open();
            assertEquals(3, client.result().answered());
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() {
        try (Scene scene = new Scene()) {
            Gate gate = new Gate(scene);
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(
                    scene, "--grace", "60m", scene.path("s").toString(), "sh", "-c", gate.before(InetdProcess.ANSWER));
            LoadClient client = LoadClient.start(scene.netns(), addresses(1), 1, 1, 600_000);
            inetd.awaitStarted(1);
            inetd.process().signal(ServerProcess.SIGTERM);
            inetd.awaitLine("SIGTERM: ");
            // What comes within a moment counts as the first one.
            Await.until("it ends", () -> {
                try {
                    inetd.process().signal(ServerProcess.SIGTERM);
                } catch (UncheckedIOException ended) {
                    return true;
                }
                return !inetd.process().isAlive();
            });
            assertEquals(128 + ServerProcess.SIGTERM, inetd.process().awaitExit());
            gate.open();
            assertEquals(1, client.result().answered());
        }
    }

    @Test
    void restartsUnderLoadLoseNothing() {
        try (Scene scene = new Scene()) {
            scene.patientServer(RULES);
            String[] arguments = {scene.path("s").toString(), "sh", "-c", InetdProcess.ANSWER};
            InetdProcess inetd = InetdProcess.start(scene, arguments);
            LoadClient client = LoadClient.start(scene.netns(), addresses(8), 1_500, 32, 600_000);
            for (int i = 1; i <= 3; i++) {
                client.awaitFinished(i * 300);
                assertEquals(0, inetd.process().terminate());
                inetd = InetdProcess.start(scene, arguments);
            }
            Result result = client.result();
            assertEquals(1_500, result.answered(), result::toString);
        }
    }

    @Test
    void servicesStayChangeComeAndGo() throws IOException {
        try (Scene scene = new Scene()) {
            scene.patientServer("""
                    rule-set:0
                    port:80 ip:2001:db8::1 jump-unix:@a
                    port:80 ip:2001:db8::2 jump-unix:@b
                    port:80 ip:2001:db8::3 jump-unix:@c
                    """);
            Path file = scene.path("services");
            write(file, line(scene, "a", "echo a1"), line(scene, "b", "echo b1"));
            InetdProcess inetd = InetdProcess.start(scene, "-f", file.toString());
            assertEquals("a1\n", ask(scene, 1));
            assertEquals("b1\n", ask(scene, 2));
            Object socketBefore = Files.getAttribute(scene.path("a"), "unix:ino");

            write(file, line(scene, "a", "echo a2"), line(scene, "c", "echo c2"));
            inetd.process().signal(SIGHUP);
            inetd.awaitLine("services read anew: 2 there, 1 opened, 1 stopped");
            assertEquals("a2\n", ask(scene, 1));
            assertEquals("c2\n", ask(scene, 3));
            assertEquals(socketBefore, Files.getAttribute(scene.path("a"), "unix:ino"));
            assertFalse(Files.exists(scene.path("b")));

            write(file, line(scene, "a", "echo a3"), "socket:x");
            inetd.process().signal(SIGHUP);
            inetd.awaitLine("services not read anew; going on with those of before");
            inetd.awaitLine("services:2:1");
            assertEquals("a2\n", ask(scene, 1));
            assertEquals(0, inetd.process().terminate());
            assertFalse(Files.exists(scene.path("a")) || Files.exists(scene.path("c")));
        }
    }

    @Test
    void aServiceThatCannotBeOpenedOnReloadKeepsNoOtherFromIt() throws IOException {
        try (Scene scene = new Scene()) {
            scene.patientServer("rule-set:0\nip:2001:db8::1 jump-unix:@a\ndefault jump-unix:@b\n");
            Path file = scene.path("services");
            write(file, line(scene, "a", "echo a1"));
            InetdProcess inetd = InetdProcess.start(scene, "-f", file.toString());
            write(file, line(scene, "absent/x", "echo x"), line(scene, "b", "echo b"));
            inetd.process().signal(SIGHUP);
            inetd.awaitLine("services read anew: 2 there, 1 opened, 1 stopped");
            inetd.awaitLine("ENOENT (No such file or directory); make its directory first; the other services go on");
            assertEquals("b\n", ask(scene, 2));
        }
    }

    @Test
    void aServiceCanHaveAnotherUser() throws IOException {
        try (Scene scene = new Scene()) {
            scene.patientServer("rule-set:0\nip:2001:db8::1 jump-unix:@a\ndefault jump-unix:@b\n");
            Path file = scene.path("services");
            write(
                    file,
                    "# two users",
                    "user:nobody " + line(scene, "a", "id -un; ls -m /proc/$$/fd; grep ^SigBlk /proc/self/status"),
                    "user:54321:54322 " + line(scene, "b", "id -u; id -g; id -G"));
            InetdProcess.start(scene, "-f", file.toString());
            assertEquals("nobody\n0, 1, 2\nSigBlk:\t0000000000000000\n", ask(scene, 1));
            assertEquals("54321\n54322\n54322\n", ask(scene, 2));
        }
    }

    @Test
    void anotherUserTakesRoot() throws IOException {
        try (Scene scene = new Scene()) {
            Path file = scene.path("services");
            write(file, "user:nobody " + line(scene, "a", "id"));
            InetdProcess inetd =
                    InetdProcess.launch(scene, "socketbox-inetd", List.of(), "-u", "daemon", "-f", file.toString());
            assertEquals(1, inetd.process().awaitExit());
            assertTrue(inetd.awaitLine("only root can run a program as another user")
                    .startsWith("socketbox-inetd: "));
        }
    }

    private static String line(Scene scene, String socket, String script) {
        return "socket:" + scene.path(socket) + " run sh -c \"" + script + "\"";
    }

    private static void write(Path file, String... lines) throws IOException {
        Files.write(file, List.of(lines));
    }

    private static String ask(Scene scene, int number) {
        return Talk.once(scene.netns(), at("2001:db8::" + number, 80), "");
    }
}
