package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.Processes;
import io.socketbox.linux.TestSockets;
import io.socketbox.program.SetupException;
import io.socketbox.server.control.ControlClient;
import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Registering;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One server takes another one's place, while clients connect all the time; every connection is counted. */
class TakeoverIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";
    private static final String GROUP = "rule-set:0\ndefault jump-group:5\nregister:@r mode:0600\ngroup:5\n";
    private static final int SIGUSR2 = 12;
    private static final int SIGKILL = 9;

    private static ServerProcess server(Scene scene, String rules, String... more) {
        return scene.server(rules, arguments(scene, more));
    }

    private static String[] arguments(Scene scene, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--control", control(scene)));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static String control(Scene scene) {
        return scene.path("control").toString();
    }

    private static ServerProcess successor(Scene scene, String rules, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.add("--takeover");
        return server(scene, rules, all.toArray(String[]::new));
    }

    /** The process that answers at the control socket, or 0. */
    private static int answering(Scene scene) {
        try {
            String answer = new ControlClient(control(scene)).ask("ping").strip();
            return Integer.parseInt(answer.substring(answer.lastIndexOf(' ') + 1));
        } catch (SetupException e) {
            return 0;
        }
    }

    /** Successors that a signal started are nobody's here to end otherwise. */
    private static void endAnswering(Scene scene) {
        int pid = answering(scene);
        if (pid != 0) {
            Processes.kill(pid, SIGKILL);
        }
    }

    @Test
    void noneIsLostWhenServersFollowEachOtherUnderLoad() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            String[] options = {"-p80", "-r", "-w", "2"};
            ServerProcess current = server(scene, RULES, options);
            int takeovers = 4;
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), (takeovers + 1) * 1000, 64, 120_000);
            for (int i = 1; i <= takeovers; i++) {
                client.awaitFinished(i * 800);
                ServerProcess next = successor(scene, RULES, options);
                assertEquals(0, current.awaitExit(), () -> String.join("\n", next.lines()));
                current = next;
            }
            Result result = client.result();
            System.out.println(takeovers + " takeovers: " + result);
            assertEquals((takeovers + 1) * 1000, result.answered(), result::toString);
            assertEquals(current.pid(), answering(scene));
            assertEquals(0, current.terminate());
            assertTrue(Files.notExists(scene.path("control")));
        }
    }

    @Test
    void itReachesServersThatHaveChangedRootAndUser() throws IOException {
        int[] pair = TestSockets.socketpair(TestSockets.SOCK_DGRAM);
        try (Scene scene = new Scene()) {
            TestReceiver receiver = scene.with(TestReceiver.on("inherited", pair[1]));
            Files.createDirectory(scene.path("root"));
            String[] options =
                    arguments(scene, "-x", scene.path("root").toString(), "-u", "65534", "-g", "65534", "-w2");
            String rules = "rule-set:0\ndefault jump-fd:3\n";
            ServerProcess current = scene.server(List.of(pair[0]), List.of(), rules, options);
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 3000, 64, 120_000);
            for (int i = 1; i <= 2; i++) {
                client.awaitFinished(i * 800);
                // It is not given the descriptor, and does not need it.
                ServerProcess next = successor(scene, rules, options);
                assertEquals(0, current.awaitExit(), () -> String.join("\n", next.lines()));
                current = next;
            }
            Result result = client.result();
            assertEquals(3000, result.answered(), result::toString);
            assertEquals(3000, receiver.answers().size());
            assertEquals(0, current.terminate());
        } finally {
            TestSockets.close(pair[0]);
        }
    }

    @Test
    void failedStartsAndSecondOnesLeaveTheOldServerAlone() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess old = server(scene, RULES, "-p80");
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 3000, 64, 120_000);
            // It is ready before it answers, which takes descriptors too.
            String program = ServerProcess.launcher("socketbox").toString();
            ObserveIT.output(
                    scene, program, "--ping", "--control", scene.path("control").toString());
            int before = old.stats().descriptors().size();
            ServerProcess failing = failing(scene);
            assertEquals(1, failing.awaitExit(), () -> String.join("\n", failing.lines()));
            old.awaitLine(line -> line.contains("process " + failing.pid() + " ended before it was ready"));

            // A configuration that nobody writes: it has everything, and waits.
            Path fifo = scene.path("fifo");
            assertEquals(
                    0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
            List<String> waiting = new ArrayList<>(List.of("-f", fifo.toString()));
            waiting.addAll(List.of(arguments(scene, "--takeover")));
            ServerProcess stuck = scene.with(ServerProcess.launch(scene.netns(), waiting, List.of(), List.of()));
            old.awaitLine(line -> line.contains("process " + stuck.pid() + " begins to take over"));
            ServerProcess second = scene.with(ServerProcess.launch(scene.netns(), waiting, List.of(), List.of()));
            assertEquals(1, second.awaitExit());
            second.awaitLine(line -> line.contains("process " + stuck.pid() + " is taking over already"));
            stuck.signal(SIGKILL);
            stuck.awaitExit();
            old.awaitLine(line -> line.contains("process " + stuck.pid() + " ended before it was ready"));

            assertEquals(3000, client.result().answered());
            Await.until(
                    "no descriptor left over", () -> old.stats().descriptors().size() <= before);
            ServerProcess next = successor(scene, RULES, "-p80");
            assertEquals(0, old.awaitExit(), () -> String.join("\n", next.lines()));
            LoadClient.one(scene.netns(), addresses(1).getFirst());
        }
    }

    @Test
    void whatIsAskedForAnewIsBoundAndWhatIsNotIsDrained() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess old = server(scene, RULES, "-p80", "-p81", "-r", "-w3");
            ServerProcess next = successor(scene, RULES, "-p80", "-p82", "-r", "-w2");
            next.awaitLine(line -> line.contains("[::]:81 is left to the old server"));
            assertEquals(0, old.awaitExit(), () -> String.join("\n", next.lines()));
            assertEquals(List.of(80, 82), next.ports());
            // Three sockets for two workers: every one of them is accepted from.
            assertEquals(
                    300,
                    LoadClient.run(scene.netns(), addresses(16), 300, 16, 60_000)
                            .answered());
            LoadClient.one(scene.netns(), at("2001:db8::1", 82));
            assertEquals(
                    1,
                    LoadClient.run(scene.netns(), List.of(at("2001:db8::1", 81)), 1, 1, 10_000)
                            .refused());
            // Three sockets for four workers.
            ServerProcess last = successor(scene, RULES, "-p80", "-p82", "-r", "-w4");
            assertEquals(0, next.awaitExit(), () -> String.join("\n", last.lines()));
            assertEquals(
                    300,
                    LoadClient.run(scene.netns(), addresses(16), 300, 16, 60_000)
                            .answered());
        }
    }

    @Test
    void signalStartsTheSuccessor() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            scene.with(() -> endAnswering(scene));
            ServerProcess first = server(scene, RULES, "-p80", "-r", "-w2");
            int restarts = 3;
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), (restarts + 1) * 1000, 64, 120_000);
            int current = first.pid();
            for (int i = 1; i <= restarts; i++) {
                client.awaitFinished(i * 800);
                int before = current;
                Processes.kill(before, SIGUSR2);
                Await.until("successor " + i + ": " + first.lines(), () -> {
                    int now = answering(scene);
                    return now != 0 && now != before;
                });
                current = answering(scene);
            }
            Result result = client.result();
            System.out.println(restarts + " by SIGUSR2: " + result);
            assertEquals((restarts + 1) * 1000, result.answered(), () -> result + " " + first.lines());
            assertEquals(0, first.awaitExit());
            Processes.kill(current, ServerProcess.SIGTERM);
            first.awaitLine(line -> line.contains("SIGTERM: accepting no more"));
            Await.until("the last one ends", () -> answering(scene) == 0);
        }
    }

    @Test
    void signalThatCannotStartOneSaysWhy() throws IOException {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            Path config = scene.config(RULES);
            ServerProcess alone = scene.with(
                    ServerProcess.start(scene.netns(), List.of("-f", config.toString(), "-p81"), List.of(), List.of()));
            alone.signal(SIGUSR2);
            alone.awaitLine(line -> line.contains("SIGUSR2: there is no control socket"));
            ServerProcess confined = scene.with(ServerProcess.start(
                    scene.netns(),
                    List.of(
                            "-f",
                            config.toString(),
                            "-p82",
                            "--control",
                            control(scene),
                            "-x",
                            config.getParent().toString()),
                    List.of(),
                    List.of()));
            confined.signal(SIGUSR2);
            confined.awaitLine(line -> line.contains("SIGUSR2: the program cannot be reached after -x"));
            assertEquals(0, confined.terminate());
            ServerProcess server = scene.with(ServerProcess.start(
                    scene.netns(),
                    List.of(
                            "-f",
                            config.toString(),
                            "--control",
                            scene.path("another").toString()),
                    List.of(),
                    List.of()));
            Files.delete(config);
            server.signal(SIGUSR2);
            server.awaitLine(line -> line.contains("ended with exit code 1 instead of taking over"));
            LoadClient.one(scene.netns(), addresses(1).getFirst());
        }
    }

    @Test
    void receiversJoinAndLeaveDuringTakeovers() throws Exception {
        try (Scene scene = new Scene()) {
            ServerProcess current = server(scene, GROUP, "-p80", "-w2");
            TestReceiver stays = scene.with(TestReceiver.on("stays", Registering.connect(scene.path("r"), 5)));
            int takeovers = 4;
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 1_000 * (takeovers + 1), 16, 240_000);
            List<Comings> comings = new ArrayList<>();
            for (String name : List.of("a", "b", "c")) {
                comings.add(scene.with(Comings.start(name, scene.path("r"), 5)));
            }
            List<String> lines = new ArrayList<>();
            for (int i = 1; i <= takeovers; i++) {
                client.awaitFinished(i * 800);
                if (i == 2) {
                    assertEquals(1, failing(scene).awaitExit());
                }
                ServerProcess next = successor(scene, GROUP, "-p80", "-w2");
                assertEquals(0, current.awaitExit(), () -> String.join("\n", next.lines()));
                lines.addAll(current.lines());
                current = next;
            }
            for (Comings each : comings) {
                each.end();
            }
            Result result = client.result();
            System.out.println(takeovers + " takeovers, " + comings + ": answered " + result.answered());
            assertEquals(1_000 * (takeovers + 1), result.answered(), () -> result + "\n" + String.join("\n", lines));
            assertEquals(List.of(), stays.troubles());
            assertEquals(0, current.terminate());
        }
    }

    /** A successor that has everything, and then finds its configuration to be wrong. */
    private static ServerProcess failing(Scene scene) {
        List<String> arguments =
                new ArrayList<>(List.of("-f", scene.config("rule-set:0\nip:x\n").toString()));
        arguments.addAll(List.of(arguments(scene, "--takeover")));
        return scene.with(ServerProcess.launch(scene.netns(), arguments, List.of(), List.of()));
    }

    @Test
    void whoRegistersDuringATakeoverIsAnsweredByWhoGoesOn() throws Exception {
        try (Scene scene = new Scene()) {
            ServerProcess old = server(scene, GROUP, "-p80");
            scene.with(TestReceiver.on("first", Registering.connect(scene.path("r"), 5)));
            Path fifo = scene.path("fifo");
            assertEquals(
                    0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
            List<String> waiting = List.of("-f", fifo.toString(), "--takeover", "-p80");

            ServerProcess killed = beginning(scene, waiting, old);
            int one = registeringUnanswered(scene);
            killed.signal(SIGKILL);
            scene.with(TestReceiver.on("one", Registering.answered(one)));

            ServerProcess next = beginning(scene, waiting, old);
            int two = registeringUnanswered(scene);
            Files.writeString(fifo, Files.readString(scene.config(GROUP)));
            scene.with(TestReceiver.on("two", Registering.answered(two)));
            assertEquals(0, old.awaitExit(), () -> String.join("\n", next.lines()));
            Result shared = LoadClient.run(scene.netns(), addresses(16), 100, 1, 60_000);
            assertEquals(
                    List.of("first", "one", "two"),
                    List.copyOf(shared.byReceiver().keySet()),
                    shared::toString);
            assertEquals(100, shared.answered());
            assertEquals(0, next.terminate());
        }
    }

    @Test
    void receiversStayWithServersThatHaveChangedRootAndUser() throws IOException {
        String rules = "rule-set:0\ndefault jump-group:5\nregister:/r mode:0666\ngroup:5 uid:0\n";
        try (Scene scene = new Scene()) {
            Path root = Files.createDirectory(scene.path("root"));
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
            String[] options = {"-x", root.toString(), "-u", "65534", "-g", "65534", "-p80"};
            ServerProcess current = server(scene, rules, options);
            scene.with(TestReceiver.on("a", Registering.connect(root.resolve("r"), 5)));
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 3_000, 32, 120_000);
            for (int i = 1; i <= 2; i++) {
                client.awaitFinished(i * 800);
                ServerProcess next = successor(scene, rules, options);
                assertEquals(0, current.awaitExit(), () -> String.join("\n", next.lines()));
                current = next;
                scene.with(TestReceiver.on("again" + i, Registering.connect(root.resolve("r"), 5)));
            }
            assertEquals(
                    3_000, client.result().answered(), () -> client.result().toString());
            assertEquals(0, current.terminate());
            assertFalse(Files.exists(root.resolve("r")), "the register socket's file stays behind");
        }
    }

    /** The connection by which it receives goes over, too: whoever sends notices nothing. */
    @Test
    void aReceiverOfAnotherServerIsReplaced() {
        try (Scene scene = new Scene()) {
            TestReceiver last = scene.fast("last");
            ServerProcess front = scene.server(GROUP, "-p80");
            String rules = "rule-set:0\ndefault jump-unix:@last\n";
            String[] options = {"-P", "5:" + scene.path("r")};
            ServerProcess current = server(scene, rules, options);
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 3_000, 32, 120_000);
            for (int i = 1; i <= 3; i++) {
                client.awaitFinished(i * 700);
                ServerProcess next = successor(scene, rules, options);
                assertEquals(0, current.awaitExit(), () -> String.join("\n", next.lines()));
                current = next;
            }
            assertEquals(
                    3_000, client.result().answered(), () -> client.result().toString());
            assertEquals(3_000, last.answers().size());
            assertTrue(front.lines().stream().noneMatch(line -> line.contains("has left")), front.lines()::toString);
            assertEquals(0, current.terminate());
        }
    }

    /** They wait in servers that receivers cannot register with any more. */
    @Test
    void whatWaitsForAGroupGetsThoseWhoJoinLater() throws Exception {
        String[] options = {"-p80", "-w2", "--handoff-timeout", "60m"};
        try (Scene scene = new Scene()) {
            ServerProcess first = server(scene, GROUP, options);
            LoadClient one = LoadClient.start(scene.netns(), addresses(16), 50, 50, 120_000);
            first.awaitLine(line -> line.contains("group:5: nobody receives (no receiver is registered)"));
            ServerProcess second = successor(scene, GROUP, options);
            Await.until("the first one accepts no more", () -> first.stats().listening() == 0);
            LoadClient two = LoadClient.start(scene.netns(), addresses(16), 50, 50, 120_000);
            second.awaitLine(line -> line.contains("group:5: nobody receives (no receiver is registered)"));
            ServerProcess third = successor(scene, GROUP, options);
            scene.with(TestReceiver.on("a", Registering.connect(scene.path("r"), 5)));
            assertEquals(50, one.result().answered(), () -> one.result() + " " + first.lines());
            assertEquals(50, two.result().answered(), () -> two.result() + " " + second.lines());
            assertEquals(0, first.awaitExit());
            assertEquals(0, second.awaitExit());
            int before = third.stats().descriptors().size();
            ServerProcess fourth = successor(scene, GROUP, options);
            assertEquals(0, third.awaitExit());
            Await.until(
                    "no descriptor for servers that have ended: " + before,
                    () -> fourth.stats().descriptors().size() <= before);
            assertEquals(0, fourth.terminate());
        }
    }

    @Test
    void anEndInTheMiddleLeavesThePathsToTheSuccessor() throws Exception {
        try (Scene scene = new Scene()) {
            ServerProcess old = server(scene, GROUP, "-p80");
            Path fifo = scene.path("fifo");
            assertEquals(
                    0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
            ServerProcess next = beginning(scene, List.of("-f", fifo.toString(), "--takeover", "-p80"), old);
            assertEquals(0, old.terminate());
            int waits = Registering.ask(scene.path("r"), Registering.request(5));
            Files.writeString(fifo, Files.readString(scene.config(GROUP)));
            scene.with(TestReceiver.on("a", Registering.answered(waits)));
            assertEquals(
                    "a", LoadClient.one(scene.netns(), addresses(1).getFirst()).receiver());
            Await.until("it answers", () -> answering(scene) == next.pid());
            assertEquals(0, next.terminate());
            assertTrue(Files.notExists(scene.path("control")));
            assertTrue(Files.notExists(scene.path("r")));
        }
    }

    /** A successor that has everything, and waits for its configuration. */
    private static ServerProcess beginning(Scene scene, List<String> options, ServerProcess old) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(arguments(scene)));
        ServerProcess successor = scene.with(ServerProcess.launch(scene.netns(), all, List.of(), List.of()));
        old.awaitLine(line -> line.contains("process " + successor.pid() + " begins to take over"));
        return successor;
    }

    /** Somebody who has asked to join; the old server has come round since, and has not answered. */
    private static int registeringUnanswered(Scene scene) throws Exception {
        int fd = Registering.ask(scene.path("r"), Registering.request(5));
        new ControlClient(control(scene)).ask("reload");
        assertFalse(TestSockets.awaitReadable(fd, 0), "answered, though its server may be about to leave");
        return fd;
    }

    @Test
    void registeredReceiversStayWithTheSuccessor() throws IOException {
        try (Scene scene = new Scene()) {
            ServerProcess current = server(scene, GROUP, "-p80");
            int silent = Registering.connectOnly(scene.path("r"));
            scene.with(TestReceiver.on("a", Registering.connect(scene.path("r"), 5)));
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 3_000, 32, 120_000);
            for (int i = 1; i <= 3; i++) {
                client.awaitFinished(i * 700);
                ServerProcess next = successor(scene, GROUP, "-p80");
                assertEquals(0, current.awaitExit(), () -> String.join("\n", next.lines()));
                current = next;
                if (i == 1) {
                    TestSockets.write(silent, Registering.request(5));
                    scene.with(TestReceiver.on("silent", Registering.answered(silent)));
                }
            }
            String lines = String.join("\n", current.lines());
            Result result = client.result();
            assertEquals(3_000, result.answered(), () -> result + lines);
            scene.with(TestReceiver.on("b", Registering.connect(scene.path("r"), 5)));
            Result shared = LoadClient.run(scene.netns(), addresses(16), 100, 1, 60_000);
            assertEquals(3, shared.byReceiver().size(), shared::toString);
            assertEquals(0, current.terminate());
        }
    }
}
