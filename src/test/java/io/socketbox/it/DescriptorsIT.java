package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Descriptors run short, and how many are used.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>low RLIMIT_NOFILE</td><td>256 in flight through a server that may have 128 descriptors: none lost</td></tr>
 * <tr><td>EMFILE</td><td>the limit falls below what is open while it runs: accepting pauses, nothing spins, none
 * lost</td></tr>
 * <tr><td>ETOOMANYREFS</td><td>more descriptors in flight than a process may have: hand-offs wait, none lost</td></tr>
 * <tr><td>growth</td><td>20,000 connections leave as many descriptors as there were</td></tr>
 * <tr><td>10,000 destinations</td><td>all reached by a server that may have 1,024 descriptors</td></tr>
 * <tr><td>3,000 -U paths</td><td>all reached</td></tr>
 * <tr><td>scan of absent -U paths</td><td>parks few descriptors, and delays nobody else, not even a path of the same
 * template</td></tr>
 * </table>
 */
class DescriptorsIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";

    @Test
    void noneIsLostWithFewDescriptors() {
        try (Scene scene = new Scene()) {
            scene.slow("r", 1);
            ServerProcess server = scene.server(List.of(), List.of("prlimit", "--nofile=128:128"), RULES);
            Result result = LoadClient.run(scene.netns(), addresses(16), 4_000, 256, 60_000);
            System.out.println("RLIMIT_NOFILE 128: " + result);
            assertEquals(4_000, result.answered(), () -> result + " " + server.lines());
        }
    }

    @Test
    void noneIsLostWhenAcceptSaysEmfile() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess server = scene.server(RULES);
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 6_000, 256, 60_000);
            for (int i = 1; i <= 3; i++) {
                client.awaitFinished(i * 1_000);
                limitDescriptors(server, 8);
                long switchesBefore = server.stats().contextSwitches();
                long ticksBefore = server.stats().cpuTicks();
                int finished = awaitStandstill(client);
                TimeUnit.MILLISECONDS.sleep(500);
                assertEquals(finished, client.finished(), "nothing can be accepted");
                long ticks = server.stats().cpuTicks() - ticksBefore;
                long switches = server.stats().contextSwitches() - switchesBefore;
                System.out.println("EMFILE: " + ticks + " ticks, " + switches + " context switches");
                limitDescriptors(server, 20_000);
                assertTrue(ticks < 100, () -> "a second of CPU while accepting is paused: " + ticks);
            }
            Result result = client.result();
            System.out.println("EMFILE: " + result);
            assertEquals(6_000, result.answered(), () -> result + " " + server.lines());
            server.awaitLine(line -> line.contains("EMFILE"));
        }
    }

    @Test
    void noneIsLostWhenTooManyDescriptorsAreInFlight() {
        try (Scene scene = new Scene()) {
            scene.netns().sysctl("net/unix/max_dgram_qlen", "2000");
            TestReceiver receiver = scene.stuck("r");
            // Only a sender without capabilities is held to its RLIMIT_NOFILE (unix(7), ETOOMANYREFS).
            List<String> wrapper =
                    List.of("prlimit", "--nofile=256:256", "setpriv", "--bounding-set=-all", "--inh-caps=-all");
            ServerProcess server = scene.server(List.of(), wrapper, RULES, "-p", "8080");
            LoadClient client = LoadClient.start(scene.netns(), List.of(at("2001:db8::1", 8080)), 400, 400, 30_000);
            // The receiver's queue has room for all: what waits in the server waits because of the limit.
            Await.until("the limit is reached", () -> server.stats().connections() >= 100);
            receiver.resume();
            Result result = client.result();
            assertEquals(400, result.answered(), () -> result + " " + server.lines());
        }
    }

    @Test
    void twentyThousandConnectionsLeaveNoDescriptor() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess server = scene.server(RULES, "-w", "2");
            LoadClient.run(scene.netns(), addresses(4), 200, 32, 30_000);
            int before = server.stats().descriptorsAtRest();
            Result result = LoadClient.run(scene.netns(), addresses(16), 20_000, 128, 90_000);
            assertEquals(20_000, result.answered(), result::toString);
            Await.until(
                    "as many descriptors as before",
                    () -> server.stats().descriptors().size() == before);
        }
    }

    @Test
    void tenThousandDestinationsNeedFewDescriptors() throws IOException {
        try (Scene scene = new Scene()) {
            int count = 10_000;
            for (int i = 0; i < 10; i++) {
                scene.fast("r" + i);
            }
            Files.createDirectory(scene.path("d"));
            StringBuilder rules = new StringBuilder("rule-set:0\n");
            List<InetSocketAddress> targets = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Files.createSymbolicLink(scene.path("d/" + i), scene.path("r" + i % 10));
                String address = "2001:db8::1:" + Integer.toHexString(i);
                rules.append("ip:" + address + " jump-unix:@d/" + i + "\n");
                targets.add(at(address, 80));
            }
            ServerProcess server = scene.server(List.of(), List.of("prlimit", "--nofile=1024:1024"), rules.toString());
            LoadClient client = LoadClient.start(scene.netns(), targets, count, 64, 90_000);
            int most = 0;
            while (client.finished() < count) {
                most = Math.max(most, server.stats().sockets());
                client.awaitFinished(client.finished() + 500);
            }
            Result result = client.result();
            System.out.println("10,000 destinations: " + result + ", at most " + most + " sockets");
            assertEquals(count, result.answered(), () -> result + " " + server.lines());
            result.answers()
                    .forEach(a -> assertEquals("r" + Integer.parseInt(a.token().substring(1)) % 10, a.receiver()));
            assertTrue(most > 100 && most < 1_000, "sockets: " + most);
        }
    }

    @Test
    void threeThousandPathsFromOneTemplate() throws IOException {
        try (Scene scene = new Scene()) {
            int count = 3_000;
            scene.fast("r0");
            scene.fast("r1");
            Files.createDirectory(scene.path("d"));
            for (int i = 1; i <= count; i++) {
                Files.createSymbolicLink(scene.path("d/%05d".formatted(i)), scene.path("r" + i % 2));
            }
            ServerProcess server = scene.server("rule-set:0\ndefault jump-unix:@d/#//7_\n", "-U");
            // Twice, so that paths come back after others have taken their place.
            Result result = LoadClient.run(scene.netns(), addresses(count), 2 * count, 64, 60_000);
            assertEquals(2 * count, result.answered(), () -> result + " " + server.lines());
            result.answers()
                    .forEach(a -> assertEquals(
                            "r" + (Integer.parseInt(a.token().substring(1)) + 1) % 2, a.receiver(), a::toString));
            assertTrue(
                    server.stats().sockets() < 1_200,
                    () -> "sockets: " + server.stats().sockets());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip:2001:db8::1 jump-unix:@p-00001", ""})
    void aScanOfAbsentPathsParksFewDescriptors(String rule) {
        try (Scene scene = new Scene()) {
            scene.fast("p-00001");
            ServerProcess server = scene.server(
                    "rule-set:0\n" + rule + "\ndefault jump-unix:@p-#//7_\n", "-U", "--handoff-timeout", "60s");
            List<InetSocketAddress> scanned = addresses(3_001).subList(1, 3_001);
            LoadClient scan = LoadClient.start(scene.netns(), scanned, 3_000, 2_000, 5_000);
            scan.awaitFinished(1_000);
            Result good = LoadClient.run(scene.netns(), addresses(1), 2_000, 32, 60_000);
            int parked = server.stats().sockets();
            Result result = scan.result();
            System.out.println("scan: " + result + ", sockets " + parked);
            assertEquals(2_000, good.answered(), good::toString);
            assertEquals(0, result.answered());
            assertTrue(parked < 600, "sockets: " + parked);
            assertTrue(result.unfinished() > 0, "the first ones may wait");
            assertTrue(result.closed() + result.reset() >= 2_400, result::toString);
            assertEquals(3_000, result.closed() + result.reset() + result.unfinished(), result::toString);
        }
    }

    /** Waits until no connection ends for a tenth of a second. @return how many have ended. */
    private static int awaitStandstill(LoadClient client) throws InterruptedException {
        int before = -1;
        for (int unchanged = 0; unchanged < 10; unchanged++) {
            if (client.finished() != before) {
                before = client.finished();
                unchanged = 0;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return before;
    }

    private static void limitDescriptors(ServerProcess server, int limit) throws Exception {
        Process prlimit = new ProcessBuilder(
                        "prlimit", "--pid", Integer.toString(server.pid()), "--nofile=" + limit + ":")
                .inheritIO()
                .start();
        assertEquals(0, prlimit.waitFor());
    }
}
