package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestProcesses;
import io.socketbox.linux.TestSockets;
import io.socketbox.testing.InetdProcess;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.ReceiverProcess;
import io.socketbox.testing.Registering;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * Receivers that register with the server, and pools.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>three receivers</td><td>share the work by turns, or by client; each is sent 03 00 00 00</td></tr>
 * <tr><td>socketbox-inetd-p, socketbox -P</td><td>join and serve</td></tr>
 * <tr><td>a group without receivers</td><td>connections wait until one joins</td></tr>
 * <tr><td>one of three killed under load</td><td>at most what was in its kernel queue is lost</td></tr>
 * <tr><td>one of three leaves under load</td><td>none lost</td></tr>
 * <tr><td>another user</td><td>is refused; the one that is named joins</td></tr>
 * <tr><td>strangers, nonsense, silence</td><td>are cut off, and others served</td></tr>
 * <tr><td>more silent ones than there may be</td><td>the oldest makes room</td></tr>
 * <tr><td>a pool with an absent member</td><td>none lost</td></tr>
 * </table>
 */
class RegisterIT {
    private static final String GROUP =
            "rule-set:0\ndefault jump-group:5\nregister:@r mode:0666\ngroup:5 uid:0 balance:";
    /** What a killed receiver may take with it: its kernel queue. */
    private static final int KERNEL_QUEUE = 30;

    @Test
    void receiversTakeTurns() throws IOException {
        try (Scene scene = new Scene()) {
            ServerProcess server = scene.server(GROUP + "round-robin\n");
            for (String name : List.of("a", "b", "c")) {
                join(scene, name, 5);
            }
            awaitJoined(server);
            Result result = LoadClient.run(scene.netns(), addresses(16), 3_000, 1, 60_000);
            assertEquals(3_000, result.answered(), result::toString);
            // A receiver that has the answer may still be on its way to the dispatcher.
            result.byReceiver().values().forEach(count -> assertEquals(1_000, count, 30, result::toString));
            assertEquals(0, server.terminate());
            assertFalse(Files.exists(scene.path("r")), "the register socket's file stays behind");
        }
    }

    @Test
    void theReceiverWithLeastToDoIsChosen() throws IOException {
        try (Scene scene = new Scene()) {
            ServerProcess server = scene.server(GROUP + "least-pending\n");
            join(scene, "fast", 5);
            scene.with(TestReceiver.onSlow("slow", Registering.connect(scene.path("r"), 5), 20));
            awaitJoined(server);
            Result result = LoadClient.run(scene.netns(), addresses(16), 2_000, 16, 60_000);
            assertEquals(0, result.lost(), result::toString);
            assertTrue(
                    result.byReceiver().get("fast") > 10 * result.byReceiver().get("slow"), result::toString);
        }
    }

    @Test
    void aClientHasTheSameReceiverAgain() throws IOException {
        try (Scene scene = new Scene()) {
            ServerProcess server = scene.server(GROUP + "source\n");
            for (String name : List.of("a", "b", "c")) {
                join(scene, name, 5);
            }
            awaitJoined(server);
            Result result = LoadClient.run(scene.netns(), addresses(1), 300, 8, 60_000);
            assertEquals(1, result.byReceiver().size(), result::toString);
            assertEquals(300, result.answered());
        }
    }

    @Test
    void theOtherProgramsRegister() {
        try (Scene scene = new Scene()) {
            ServerProcess first = scene.server("""
                    rule-set:0
                    ip:2001:db8::1 jump-group:5
                    default jump-group:6
                    register:@r
                    group:5
                    group:6
                    """);
            scene.with(ServerProcess.launch(
                    scene.netns(),
                    "socketbox-inetd-p",
                    List.of(scene.path("r").toString(), "5", "sh", "-c", InetdProcess.ANSWER),
                    List.of(),
                    List.of()));
            scene.fast("last");
            ServerProcess second = scene.server("rule-set:0\ndefault jump-unix:@last\n", "-P", "6:" + scene.path("r"));
            first.awaitLine(line -> line.contains("group 5: a receiver of uid 0 has joined"));
            first.awaitLine(line -> line.contains("group 6: a receiver of uid 0 has joined"));
            assertEquals(
                    "inetd",
                    LoadClient.one(scene.netns(), addresses(1).getFirst()).receiver());
            assertEquals(
                    "last",
                    LoadClient.one(scene.netns(), addresses(2).getLast()).receiver());
            assertEquals(0, first.terminate());
            assertEquals(0, second.awaitExit());
        }
    }

    @Test
    void aGroupWithoutReceiversWaits() throws IOException {
        try (Scene scene = new Scene()) {
            ServerProcess server = scene.server(GROUP + "round-robin\n");
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 50, 50, 30_000);
            server.awaitLine(line -> line.contains("group:5: nobody receives (no receiver is registered)"));
            join(scene, "a", 5);
            assertEquals(50, client.result().answered());
            server.awaitLine(line -> line.contains("group:5: receives again"));
        }
    }

    @Test
    void aKilledReceiverTakesOnlyItsKernelQueueWithIt() throws IOException {
        for (String policy : List.of("round-robin", "least-pending", "source")) {
            try (Scene scene = new Scene()) {
                ServerProcess server = scene.server(GROUP + policy + "\n");
                join(scene, "a", 5);
                join(scene, "b", 5);
                ReceiverProcess victim =
                        scene.with(ReceiverProcess.register(scene.netns(), "victim", scene.path("r"), 5, 5));
                awaitJoined(server);
                LoadClient client = LoadClient.start(scene.netns(), addresses(16), 4_000, 256, 60_000);
                client.awaitFinished(1_000);
                victim.killWithNothingInHand();
                Result result = client.result();
                System.out.println("killed, " + policy + ": " + result);
                assertTrue(result.lost() <= KERNEL_QUEUE, () -> result + " " + server.lines());
                server.awaitLine(line -> line.contains("has left"));
            }
        }
    }

    @Test
    void noneIsLostWhenAReceiverLeaves() throws IOException {
        for (String policy : List.of("round-robin", "source")) {
            try (Scene scene = new Scene()) {
                ServerProcess server = scene.server(GROUP + policy + "\n", "-w", "2");
                List<TestReceiver> receivers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    receivers.add(join(scene, "r" + i, 5));
                }
                awaitJoined(server);
                LoadClient client = LoadClient.start(scene.netns(), addresses(16), 4_000, 128, 60_000);
                for (int i = 0; i < 10; i++) {
                    client.awaitFinished(300 * (i + 1));
                    receivers.removeFirst().stop();
                    receivers.add(join(scene, "again" + i, 5));
                }
                Result result = client.result();
                System.out.println("leaving, " + policy + ": " + result);
                assertEquals(4_000, result.answered(), () -> result + " " + server.lines());
            }
        }
    }

    @Test
    void whoMayNotRegisterIsCutOffAndOthersAreServed() throws IOException {
        try (Scene scene = new Scene()) {
            ServerProcess server = scene.server("""
                    rule-set:0
                    default jump-group:5
                    register:@r mode:0666
                    group:5 uid:0
                    group:6 uid:65533
                    register:@closed mode:0666
                    group:5 uid:65533
                    """);
            List<Integer> silent = new ArrayList<>();
            // More than may be silent at once: the latest of one user are cut off.
            for (int i = 0; i < 20; i++) {
                silent.add(Registering.connectOnly(scene.path("r")));
            }
            assertCutOff(silent.getLast());
            server.awaitLine(line -> line.contains("uid 0, who has 16 connections already that ask for nothing"));
            for (int i = 0; i < 16; i++) {
                assertCutOff(silent.get(i));
            }
            server.awaitLine(line -> line.contains("had asked for nothing after 5 s"));
            for (byte[] nonsense : List.of(
                    new byte[] {1},
                    new byte[] {2, 0, 0, 0, 0, 0, 0, 5},
                    new byte[] {1, 0, 0, 1, 0, 0, 0, 5},
                    new byte[] {1, 0, 0, 0, 0, 0, 0, 5, 0},
                    new byte[100_000])) {
                assertCutOff(Registering.ask(scene.path("r"), nonsense));
            }
            server.awaitLine(line -> line.contains("uid 0 sent no request to register"));
            assertCutOff(Registering.ask(scene.path("r"), Registering.request(7)));
            server.awaitLine(line -> line.contains("asked for a group that cannot be joined there"));
            assertCutOff(Registering.ask(scene.path("r"), Registering.request(6)));
            server.awaitLine(line -> line.contains("uid 0 may not join group 6"));
            assertCutOff(Registering.ask(scene.path("closed"), Registering.request(5)));
            server.awaitLine(line -> line.contains("refused uid 0, who may join no group there"));
            TestReceiver receiver = join(scene, "a", 5);
            awaitJoined(server);
            // What a receiver says later is never read, however much it is.
            int chatty = Registering.connect(scene.path("r"), 5);
            TestSockets.write(chatty, new byte[1_000]);
            TestSockets.close(chatty);
            server.awaitLine(line -> line.contains("has left"));
            Result result = LoadClient.run(scene.netns(), addresses(16), 200, 8, 60_000);
            assertEquals(200, result.answered(), () -> result + " " + server.lines());
            assertEquals(List.of(), receiver.troubles());
            for (int fd : silent) {
                TestSockets.close(fd);
            }
        }
    }

    @Test
    void theKernelSaysWhoWantsToJoin() throws IOException {
        try (Scene scene = new Scene()) {
            scene.letOthersIn();
            ServerProcess server = scene.server("""
                    rule-set:0
                    default jump-group:5
                    register:@r mode:0666
                    group:5 uid:65533
                    """);
            assertEquals(1, inetd(scene, 65532).awaitExit());
            server.awaitLine(line -> line.contains("refused uid 65532, who may join no group there"));
            inetd(scene, 65533);
            assertEquals(
                    "inetd",
                    LoadClient.one(scene.netns(), addresses(1).getFirst()).receiver());
            server.awaitLine(line -> line.contains("group 5: a receiver of uid 65533 has joined"));
        }
    }

    @Test
    void whoIsSilentLongestGoesWhenThereAreTooMany() throws Exception {
        List<Integer> users = List.of(65001, 65002, 65003, 65004);
        try (Scene scene = new Scene()) {
            scene.letOthersIn();
            ServerProcess server = scene.server("""
                    rule-set:0
                    default jump-group:5
                    register:@r mode:0666
                    group:5 uid:0,65001,65002,65003,65004
                    """);
            List<Integer> silent = new ArrayList<>();
            for (int user : users) {
                silent.addAll(connectAs(user, scene.path("r"), 16));
            }
            join(scene, "a", 5);
            server.awaitLine(line -> line.contains("uid 65001 that had asked for nothing to make room for another"));
            assertCutOff(silent.getFirst());
            TestSockets.write(silent.getLast(), Registering.request(5));
            scene.with(TestReceiver.on("b", Registering.answered(silent.getLast())));
            Result result = LoadClient.run(scene.netns(), addresses(16), 100, 1, 60_000);
            assertEquals(List.of("a", "b"), List.copyOf(result.byReceiver().keySet()), result::toString);
            for (int fd : silent.subList(0, silent.size() - 1)) {
                TestSockets.close(fd);
            }
        }
    }

    /** Connections of another user: of a thread that becomes that one, whom the kernel vouches for. */
    private static List<Integer> connectAs(int user, Path path, int count) throws Exception {
        FutureTask<List<Integer>> task = new FutureTask<>(() -> {
            TestProcesses.becomeUser(user);
            List<Integer> connections = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                connections.add(Registering.connectOnly(path));
            }
            return connections;
        });
        Thread.ofPlatform().start(task);
        return task.get();
    }

    private static ServerProcess inetd(Scene scene, int uid) {
        return scene.with(ServerProcess.launch(
                scene.netns(),
                "socketbox-inetd-p",
                List.of(scene.path("r").toString(), "5", "sh", "-c", InetdProcess.ANSWER),
                List.of(),
                // The capability is for where only root can reach the program: in a clone in /root, say.
                List.of(
                        "setpriv",
                        "--reuid=" + uid,
                        "--clear-groups",
                        "--inh-caps=+dac_read_search",
                        "--ambient-caps=+dac_read_search")));
    }

    @Test
    void aPoolLosesNothingByAnAbsentMember() {
        for (String policy : List.of("round-robin", "least-pending", "source")) {
            try (Scene scene = new Scene()) {
                TestReceiver leaving = scene.slow("a", 1);
                scene.slow("b", 1);
                ServerProcess server = scene.server("rule-set:0\ndefault jump-pool:p\npool:p balance:" + policy
                        + "\njump-unix:@a weight:3\njump-unix:@b\njump-unix:@never\n");
                LoadClient client = LoadClient.start(scene.netns(), addresses(16), 3_000, 128, 60_000);
                client.awaitFinished(500);
                leaving.stop();
                client.awaitFinished(1_500);
                scene.slow("a", 1);
                Result result = client.result();
                System.out.println("pool, " + policy + ": " + result);
                assertEquals(3_000, result.answered(), () -> result + " " + server.lines());
            }
        }
    }

    private static TestReceiver join(Scene scene, String name, int group) throws IOException {
        return scene.with(TestReceiver.on(name, Registering.connect(scene.path("r"), group)));
    }

    private static void awaitJoined(ServerProcess server) {
        server.awaitLine(line -> line.contains("has joined"));
    }

    private static void assertCutOff(int fd) throws IOException {
        assertTrue(Registering.isCutOff(fd));
    }
}
