package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.socketbox.linux.TestSockets;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Destinations and sources named on the command line.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>-S</td><td>everything to one path, no configuration read; advice when the path is forbidden</td></tr>
 * <tr><td>-U</td><td>#//0_ to #//7_ and #//P_ in -S and in jump-unix; without -U they are plain text</td></tr>
 * <tr><td>-P</td><td>registers with another socketbox's register socket, dispatches what arrives, exit 0 at its end;
 * exit 1 when nobody is there</td></tr>
 * </table>
 */
class FixedTargetIT {
    private static final int GROUP = 0x01020304;

    @Test
    void sendsEverythingToOnePath() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            start(scene, "-f", "/nowhere", "-S", scene.path("r").toString());
            Result result = LoadClient.run(scene.netns(), addresses(4), 500, 32, 30_000);
            assertEquals(500, result.answered(), result::toString);
        }
    }

    @Test
    void saysWhatASocketThatMayNotBeConnectedNeeds() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            List<String> arguments = List.of(
                    "-u",
                    "nobody",
                    "--handoff-timeout",
                    "1s",
                    "-S",
                    scene.path("r").toString());
            ServerProcess server = scene.with(ServerProcess.start(scene.netns(), arguments));
            Result result = LoadClient.run(scene.netns(), addresses(1), 1, 1, 20_000);
            assertEquals(0, result.answered(), result::toString);
            server.awaitLine(line -> line.contains("nobody receives (connect: EACCES (Permission denied)); that takes"
                    + " write permission on the socket file"));
        }
    }

    @Test
    void substitutesAddressAndPortInTheFixedPath() {
        try (Scene scene = new Scene()) {
            start(scene, "-U", "-p80", "-p8443", "-S", scene.path("x") + "#//0_-#//1_-#//7_:#//P_");
            scene.fast("x08193-03512-00010:00080");
            scene.fast("x08193-03512-00010:08443");
            scene.fast("x08193-03512-65535:00080");
            for (Map.Entry<String, Integer> target : List.of(
                    Map.entry("2001:db8::a", 80), Map.entry("2001:db8::a", 8443), Map.entry("2001:db8::ffff", 80))) {
                int word = target.getKey().endsWith("a") ? 10 : 65535;
                String expected = "x08193-03512-%05d:%05d".formatted(word, target.getValue());
                assertEquals(
                        expected,
                        LoadClient.one(scene.netns(), at(target.getKey(), target.getValue()))
                                .receiver());
            }
        }
    }

    @Test
    void substitutesInRulesOnlyWhenAsked() {
        try (Scene scene = new Scene()) {
            scene.fast("08193");
            scene.fast("#8");
            String rules = "rule-set:0\nip:2001:db8::1 jump-unix:@#//0_\nip:2001:db8::2 jump-unix:@#8\n";
            try (ServerProcess with = scene.server(rules, "-U")) {
                assertEquals(
                        "08193",
                        LoadClient.one(scene.netns(), at("2001:db8::1", 80)).receiver());
                assertEquals(
                        "#8",
                        LoadClient.one(scene.netns(), at("2001:db8::2", 80)).receiver());
                assertEquals(0, with.terminate());
            }
            scene.server(rules, "--handoff-timeout", "100ms");
            Result result = LoadClient.run(scene.netns(), List.of(at("2001:db8::1", 80)), 3, 3, 20_000);
            assertEquals(3, result.closed() + result.reset(), result::toString);
        }
    }

    @Test
    void dispatchesForAnotherSocketbox() throws IOException {
        try (Scene scene = new Scene()) {
            scene.fast("one");
            scene.fast("other");
            int register = TestSockets.bindUnix(TestSockets.SOCK_SEQPACKET, scene.path("register"));
            TestSockets.listen(register, 8);
            String rules = "rule-set:0\nip:2001:db8::1 jump-unix:@one\ndefault jump-unix:@other\n";
            List<String> arguments =
                    List.of("-f", scene.config(rules).toString(), "-P", "0x1020304:" + scene.path("register"));
            ServerProcess server = scene.with(ServerProcess.launch(scene.netns(), arguments, List.of(), List.of()));
            int connection = TestSockets.accept(register);
            byte[] hello = TestSockets.read(connection, 64);
            assertArrayEquals(
                    new byte[] {1, 0, 0, 0, GROUP >> 24, GROUP >> 16 & 255, GROUP >> 8 & 255, GROUP & 255}, hello);
            TestSockets.write(connection, new byte[] {(byte) 0x80, 0, 0, 0});

            int listener = scene.netns().call(() -> TestSockets.bindTcp(at("::", 80)));
            TestSockets.listen(listener, 64);
            LoadClient client = LoadClient.start(scene.netns(), addresses(2), 400, 32, 30_000);
            for (int i = 0; i < 400; i++) {
                int fd = TestSockets.accept(listener);
                TestSockets.send(connection, new byte[] {3, 0, 0, 0}, fd);
                TestSockets.close(fd);
            }
            TestSockets.close(connection);
            Result result = client.result();
            assertEquals(Map.of("one", 200, "other", 200), result.byReceiver(), result::toString);
            assertEquals(0, server.awaitExit(), server.lines()::toString);
            TestSockets.close(listener);
            TestSockets.close(register);
        }
    }

    @Test
    void aRegisterSocketThatIsNotThereIsASetupError() {
        try (Scene scene = new Scene()) {
            assertFalse(Files.exists(scene.path("register")));
            List<String> arguments = List.of(
                    "-f", scene.config("rule-set:0\ndefault fail\n").toString(), "-P", "7:" + scene.path("register"));
            try (ServerProcess server = ServerProcess.launch(scene.netns(), arguments, List.of(), List.of())) {
                assertEquals(1, server.awaitExit());
                server.awaitLine(line -> line.contains("ENOENT") && line.contains("register"));
            }
        }
    }

    private static void start(Scene scene, String... arguments) {
        scene.with(ServerProcess.start(scene.netns(), List.of(arguments)));
    }
}
