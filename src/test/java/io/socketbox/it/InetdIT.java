package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * socketbox-inetd behind a real server.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>burst</td><td>2,000 connections: all answered with the true addresses, nothing left behind</td></tr>
 * <tr><td>child</td><td>descriptors 0 to 2, clean signals, own session, blocking, the limit we were started with</td></tr>
 * <tr><td>-c, -C</td><td>hold back, and lose nothing</td></tr>
 * <tr><td>spawn failures</td><td>said; tried again where that can help</td></tr>
 * <tr><td>socket file</td><td>mode, a stale one replaced, a live one left alone</td></tr>
 * </table>
 */
class InetdIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@s\n";

    @Test
    void aBurstIsServedAndNothingIsLeft() {
        try (Scene scene = new Scene()) {
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(scene, scene.path("s").toString(), "sh", "-c", InetdProcess.ANSWER);
            LoadClient.one(scene.netns(), addresses(1).getFirst());
            inetd.awaitEnded(1);
            int before = inetd.process().stats().descriptors().size();
            long startNs = System.nanoTime();
            Result result = LoadClient.run(
                    scene.netns(), List.of(at("2001:db8::1", 80), at("192.0.2.1", 80)), 2_000, 2_000, 600_000);
            System.out.println(
                    "inetd, 2,000 at once in " + (System.nanoTime() - startNs) / 1_000_000 + " ms: " + result);
            assertEquals(2_000, result.answered(), result::toString);
            Await.until("no child is left", () -> children(inetd).isEmpty());
            Await.until(
                    "descriptors are as before",
                    () -> inetd.process().stats().descriptors().size() == before);
            assertEquals(0, inetd.process().terminate());
            assertFalse(Files.exists(scene.path("s")));
        }
    }

    @Test
    void aChildHasTheConnectionAndNothingElse() {
        try (Scene scene = new Scene()) {
            scene.patientServer(RULES);
            // Without a pipe, whose ends the shell would have open too.
            String show = "ls -m /proc/$$/fd; grep ^flags /proc/$$/fdinfo/0; grep ^Sig /proc/self/status;"
                    + " cut -d' ' -f1,6 /proc/$$/stat; ulimit -Sn; ulimit -Hn; readlink /proc/$$/fd/0 /proc/$$/fd/1"
                    + " /proc/$$/fd/2; env";
            InetdProcess inetd = InetdProcess.start(
                    scene,
                    "socketbox-inetd",
                    List.of("prlimit", "--nofile=300:2000", "nohup", "env", "TCPREMOTEHOST=old", "KEPT=1"),
                    scene.path("s").toString(),
                    "sh",
                    "-c",
                    show);
            List<String> lines =
                    Talk.once(scene.netns(), at("192.0.2.7", 80), "").lines().toList();
            assertEquals("0, 1, 2", lines.get(0), lines::toString);
            int flags = Integer.parseInt(lines.get(1).replaceAll("\\D", ""), 8);
            assertEquals(0, flags & 04000, "O_NONBLOCK is set");
            Map<String, String> signals = lines.stream()
                    .filter(line -> line.startsWith("Sig"))
                    .collect(Collectors.toMap(line -> line.split(":\\s*")[0], line -> line.split(":\\s*")[1]));
            assertEquals("0000000000000000", signals.get("SigBlk"));
            assertEquals("0000000000000000", signals.get("SigIgn"));
            String[] session = lines.stream()
                    .filter(line -> line.matches("\\d+ \\d+"))
                    .findFirst()
                    .orElseThrow()
                    .split(" ");
            assertEquals(session[0], session[1], "the child does not lead its session");
            assertTrue(lines.containsAll(List.of("300", "2000")), lines::toString);
            List<String> targets = lines.stream()
                    .filter(line -> line.matches("(socket|pipe):.*"))
                    .toList();
            assertEquals(3, targets.size(), lines::toString);
            assertEquals(targets.get(0), targets.get(1));
            assertTrue(targets.get(2).startsWith("pipe:"), lines::toString);
            assertTrue(
                    lines.containsAll(
                            List.of("PROTO=TCP", "TCPLOCALIP=192.0.2.7", "TCPLOCALPORT=80", "TCPCONNNUM=1", "KEPT=1")),
                    lines::toString);
            assertTrue(lines.stream().noneMatch(line -> line.startsWith("TCPREMOTEHOST=") || line.startsWith("_JAVA")));
            inetd.awaitStarted(1);
            String client = value(lines, "TCPREMOTEIP");
            assertEquals(client, value(lines, "REMOTE_HOST"));
            assertEquals(List.of(client + ":" + value(lines, "TCPREMOTEPORT")), inetd.startedFor());
        }
    }

    private static String value(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .collect(Collectors.joining("|"));
    }

    @Test
    void standardErrorCanBeTheConnectionToo() {
        try (Scene scene = new Scene()) {
            scene.patientServer(RULES);
            InetdProcess.start(scene, "--stderr", scene.path("s").toString(), "sh", "-c", "echo out; echo err >&2");
            assertEquals("out\nerr\n", Talk.once(scene.netns(), at("2001:db8::1", 80), ""));
        }
    }

    @Test
    void noMoreChildrenThanAllowedAndNoneLost() {
        try (Scene scene = new Scene()) {
            Gate gate = new Gate(scene);
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(
                    scene, "-c", "3", scene.path("s").toString(), "sh", "-c", gate.before(InetdProcess.ANSWER));
            LoadClient client = LoadClient.start(scene.netns(), addresses(4), 60, 60, 600_000);
            inetd.awaitStarted(3);
            assertEquals(3, children(inetd).size());
            gate.open();
            Result result = client.result();
            assertEquals(60, result.answered(), result::toString);
            inetd.awaitEnded(60);
            assertEquals(3, inetd.mostAtOnce());
        }
    }

    @Test
    void aClientThatHasItsShareWaitsWhileOthersGoOn() {
        try (Scene scene = new Scene()) {
            Gate gate = new Gate(scene);
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(
                    scene, "-C", "1", scene.path("s").toString(), "sh", "-c", gate.before("echo $TCPCONNNUM"));
            List<Talk> greedy = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                greedy.add(scene.with(Talk.to(scene.netns(), at("127.0.0.1", 80), "127.0.0.2")));
            }
            Talk modest = scene.with(Talk.to(scene.netns(), at("127.0.0.1", 80), "127.0.0.3"));
            inetd.awaitStarted(2);
            assertEquals(List.of("127.0.0.2", "127.0.0.3"), hosts(inetd.startedFor()));
            gate.open();
            assertEquals("1\n", modest.rest());
            for (Talk talk : greedy) {
                assertEquals("1\n", talk.rest());
            }
            inetd.awaitStarted(4);
            assertEquals(List.of("127.0.0.2", "127.0.0.3", "127.0.0.2", "127.0.0.2"), hosts(inetd.startedFor()));
        }
    }

    @Test
    void aClientThatFillsItsHalfOfTheQueueKeepsNobodyWaiting() {
        try (Scene scene = new Scene()) {
            Gate gate = new Gate(scene);
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(
                    scene,
                    "-C",
                    "1",
                    "--queue",
                    "4",
                    scene.path("s").toString(),
                    "sh",
                    "-c",
                    gate.before("echo $TCPREMOTEIP"));
            List<Talk> greedy = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                greedy.add(scene.with(Talk.to(scene.netns(), at("127.0.0.1", 80), "127.0.0.2")));
            }
            Talk modest = scene.with(Talk.to(scene.netns(), at("127.0.0.1", 80), "127.0.0.3"));
            inetd.awaitStarted(2);
            assertEquals(List.of("127.0.0.2", "127.0.0.3"), hosts(inetd.startedFor()));
            inetd.awaitLine("a client has half of the queue; what it opens beyond is reset");
            for (Talk beyond : greedy.subList(3, 6)) {
                assertThrows(UncheckedIOException.class, beyond::rest);
            }
            gate.open();
            assertEquals("127.0.0.3\n", modest.rest());
            for (Talk talk : greedy.subList(0, 3)) {
                assertEquals("127.0.0.2\n", talk.rest());
            }
        }
    }

    private static List<String> hosts(List<String> clients) {
        return clients.stream().map(client -> client.replaceAll(":\\d+$", "")).toList();
    }

    @Test
    void whatWaitsForItsClientsTurnIsServedToTheLast() {
        try (Scene scene = new Scene()) {
            Gate gate = new Gate(scene);
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(
                    scene,
                    "-C",
                    "2",
                    "--queue",
                    "120",
                    scene.path("s").toString(),
                    "sh",
                    "-c",
                    gate.before(InetdProcess.ANSWER));
            LoadClient client = LoadClient.start(scene.netns(), List.of(at("192.0.2.1", 80)), 60, 60, 600_000);
            inetd.awaitStarted(2);
            gate.open();
            Result result = client.result();
            assertEquals(60, result.answered(), result::toString);
            inetd.awaitEnded(60);
            assertEquals(2, inetd.mostAtOnce());
        }
    }

    @Test
    void aProgramThatIsNotThereIsSaidAndTheRestGoesOn() throws IOException {
        try (Scene scene = new Scene()) {
            scene.patientServer(RULES);
            Path program = scene.path("program");
            InetdProcess inetd = InetdProcess.start(scene, scene.path("s").toString(), program.toString());
            assertEquals("", Talk.once(scene.netns(), at("2001:db8::1", 80), ""));
            inetd.awaitLine("ENOENT (No such file or directory); the connection is closed");
            script(program, "echo here");
            assertEquals("here\n", Talk.once(scene.netns(), at("2001:db8::1", 80), ""));
            assertEquals(0, inetd.process().terminate());
        }
    }

    @Test
    void aUserWithTooManyProcessesMakesConnectionsWait() {
        try (Scene scene = new Scene()) {
            Gate gate = new Gate(scene);
            scene.patientServer(RULES, "--queue", "1000");
            allow(scene.path(""), "rwxr-xr-x");
            allow(scene.path("gate"), "rw-rw-rw-");
            InetdProcess inetd = InetdProcess.start(
                    scene,
                    "socketbox-inetd",
                    List.of("prlimit", "--nproc=60:60"),
                    "-u",
                    "54321",
                    "-g",
                    "54321",
                    scene.path("s").toString(),
                    "sh",
                    "-c",
                    gate.before(InetdProcess.ANSWER));
            LoadClient client = LoadClient.start(scene.netns(), addresses(4), 100, 100, 600_000);
            inetd.awaitLine("EAGAIN (Resource temporarily unavailable); trying again, connections wait");
            gate.open();
            Result result = client.result();
            assertEquals(100, result.answered(), result::toString);
            inetd.awaitEnded(100);
            assertTrue(inetd.mostAtOnce() < 60, () -> "at once: " + inetd.mostAtOnce());
        }
    }

    @Test
    void theSocketFileIsAsAskedForAndReplacedOnlyWhenStale() throws Exception {
        try (Scene scene = new Scene()) {
            String socket = scene.path("s").toString();
            InetdProcess first = InetdProcess.start(scene, "--mode", "0622", "--owner", "54321:54322", socket, "cat");
            assertEquals("rw--w--w-", PosixFilePermissions.toString(Files.getPosixFilePermissions(scene.path("s"))));
            assertEquals(54321, Files.getAttribute(scene.path("s"), "unix:uid"));
            assertEquals(54322, Files.getAttribute(scene.path("s"), "unix:gid"));
            InetdProcess second = InetdProcess.launch(scene, "socketbox-inetd", List.of(), socket, "cat");
            assertEquals(1, second.process().awaitExit());
            second.awaitLine("EADDRINUSE");
            assertTrue(Files.exists(scene.path("s")), "the socket of the first is gone");
            first.close();
            assertTrue(Files.exists(scene.path("s")), "nothing stale to replace");
            InetdProcess third = InetdProcess.start(scene, socket, "cat");
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(scene.path("s"))));
            assertEquals(0, third.process().terminate());
        }
    }

    @Test
    void privilegesAreGivenUpAfterTheSocketIsThere() {
        try (Scene scene = new Scene()) {
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(
                    scene, "-u", "nobody", scene.path("s").toString(), "sh", "-c", "id -un; id -gn; id -G | wc -w");
            assertEquals("nobody\nnogroup\n1\n", Talk.once(scene.netns(), at("2001:db8::1", 80), ""));
            assertEquals(0, inetd.process().terminate());
        }
    }

    @Test
    void saysThatItIsReadyAndThatItStops() throws Exception {
        try (Scene scene = new Scene()) {
            int manager = TestSockets.bindUnix(TestSockets.SOCK_DGRAM, scene.path("notify"));
            scene.patientServer(RULES);
            InetdProcess inetd = InetdProcess.start(
                    scene,
                    "socketbox-inetd",
                    List.of("env", "NOTIFY_SOCKET=" + scene.path("notify")),
                    scene.path("s").toString(),
                    "sh",
                    "-c",
                    "echo ${NOTIFY_SOCKET-unset}");
            assertEquals("READY=1", new String(TestSockets.read(manager, 100), "US-ASCII"));
            assertEquals("unset\n", Talk.once(scene.netns(), at("2001:db8::1", 80), ""));
            inetd.process().signal(ServerProcess.SIGTERM);
            assertEquals("STOPPING=1", new String(TestSockets.read(manager, 100), "US-ASCII"));
            assertEquals(0, inetd.process().awaitExit());
            TestSockets.close(manager);
        }
    }

    static void script(Path path, String body) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.writeString(fresh, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(fresh, path);
    }

    private static void allow(Path path, String permissions) {
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<ProcessHandle> children(InetdProcess inetd) {
        return ProcessHandle.of(inetd.process().pid()).orElseThrow().children().toList();
    }
}
