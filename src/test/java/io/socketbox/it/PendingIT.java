package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import io.socketbox.testing.Answer;
import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections that wait for a destination.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>absent, comes later</td><td>gets all, in order</td></tr>
 * <tr><td>full, goes on</td><td>gets all, in order; so do inherited descriptors of three types</td></tr>
 * <tr><td>stuck beside another</td><td>the other gets all of its own in the meantime, also when descriptors are
 * scarce</td></tr>
 * <tr><td>--queue</td><td>exactly the excess is closed, counted and logged</td></tr>
 * <tr><td>--handoff-timeout</td><td>exactly what waited is closed, counted and logged</td></tr>
 * <tr><td>absent, full</td><td>the server rests while connections wait</td></tr>
 * </table>
 */
class PendingIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";
    private static final String TWO_RULES = "rule-set:0\nip:2001:db8::1 jump-unix:@stuck\ndefault jump-unix:@good\n";
    private static final List<InetSocketAddress> STUCK = List.of(at("2001:db8::1", 80));
    private static final List<InetSocketAddress> GOOD = addresses(9).subList(1, 9);

    @Test
    void anAbsentDestinationGetsItsConnectionsInOrderWhenItComes() {
        try (Scene scene = new Scene()) {
            ServerProcess server = scene.server(RULES);
            LoadClient client = LoadClient.start(scene.netns(), addresses(1), 100, 100, 30_000);
            Await.until("100 wait", () -> server.stats().connections() >= 100);
            TestReceiver receiver = scene.fast("r");
            assertInOrder(client.result(), receiver, 100);
        }
    }

    @Test
    void aFullDestinationGetsItsConnectionsInOrderWhenItGoesOn() {
        try (Scene scene = new Scene()) {
            TestReceiver receiver = scene.stuck("r");
            ServerProcess server = scene.server(RULES);
            LoadClient client = LoadClient.start(scene.netns(), addresses(1), 100, 100, 30_000);
            Await.until(
                    "all but the kernel's queue wait", () -> server.stats().connections() >= 100 - Scene.KERNEL_QUEUE);
            receiver.resume();
            assertInOrder(client.result(), receiver, 100);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TestSockets.SOCK_DGRAM, TestSockets.SOCK_STREAM, TestSockets.SOCK_SEQPACKET})
    void aFullDescriptorGetsItsConnectionsInOrderWhenItGoesOn(int type) throws IOException {
        try (Scene scene = new Scene()) {
            int[] pair = TestSockets.socketpair(type);
            TestReceiver receiver = scene.with(TestReceiver.on("peer", pair[1]));
            receiver.pause();
            ServerProcess server = scene.server(List.of(pair[0]), List.of(), "rule-set:0\ndefault jump-fd:3\n");
            TestSockets.close(pair[0]);
            LoadClient client = LoadClient.start(scene.netns(), addresses(1), 1_000, 1_000, 30_000);
            Await.until("some wait", () -> server.stats().connections() >= 100);
            receiver.resume();
            assertInOrder(client.result(), receiver, 1_000);
        }
    }

    private static void assertInOrder(Result result, TestReceiver receiver, int count) {
        assertEquals(count, result.answered(), result::toString);
        assertEquals(
                IntStream.range(0, count).mapToObj(i -> "t" + i).toList(),
                receiver.answers().stream().map(Answer::token).toList());
    }

    @Test
    void aStuckDestinationDelaysNobodyElse() {
        try (Scene scene = new Scene()) {
            TestReceiver stuck = scene.stuck("stuck");
            scene.fast("good");
            ServerProcess server = scene.server(TWO_RULES, "--handoff-timeout", "2m");
            LoadClient waiting = LoadClient.start(scene.netns(), STUCK, 1_000, 1_000, 90_000);
            Await.until("they wait", () -> server.stats().connections() >= 1_000 - Scene.KERNEL_QUEUE);
            Result good = LoadClient.run(scene.netns(), GOOD, 3_000, 64, 60_000);
            assertEquals(3_000, good.answered(), good::toString);
            assertEquals(0, waiting.finished(), "the stuck receiver was stuck all the time");
            stuck.resume();
            Result result = waiting.result();
            assertEquals(1_000, result.answered(), result::toString);
        }
    }

    @Test
    void aStuckDestinationStarvesNobodyElseOfDescriptors() {
        try (Scene scene = new Scene()) {
            TestReceiver stuck = scene.stuck("stuck");
            scene.slow("good", 1);
            ServerProcess server = scene.server(
                    List.of(), List.of("prlimit", "--nofile=256:256"), TWO_RULES, "--handoff-timeout", "2m");
            LoadClient waiting = LoadClient.start(scene.netns(), STUCK, 600, 600, 90_000);
            Result good = LoadClient.run(scene.netns(), GOOD, 2_000, 64, 60_000);
            assertEquals(2_000, good.answered(), () -> good + " " + server.lines());
            stuck.resume();
            Result result = waiting.result();
            System.out.println("stuck, RLIMIT_NOFILE 256: " + result);
            assertTrue(result.answered() > Scene.KERNEL_QUEUE, result::toString);
            assertEquals(600, result.answered() + result.closed() + result.reset(), result::toString);
            assertEquals(0, server.terminate());
            int closed = 600 - result.answered();
            assertTrue(
                    closed == 0 || said(server, "descriptor share used up", closed),
                    () -> closed + " were closed: " + server.lines());
        }
    }

    @Test
    void manyStuckDestinationsStarveNobodyElseOfDescriptors() {
        try (Scene scene = new Scene()) {
            StringBuilder rules = new StringBuilder("rule-set:0\n");
            for (int i = 10; i < 16; i++) {
                scene.stuck("stuck" + i);
                rules.append("ip:2001:db8::" + Integer.toHexString(i) + " jump-unix:@stuck" + i + "\n");
            }
            scene.fast("good");
            ServerProcess server = scene.server(
                    List.of(),
                    List.of("prlimit", "--nofile=256:256"),
                    rules + "default jump-unix:@good\n",
                    "--handoff-timeout",
                    "2m");
            LoadClient.start(scene.netns(), addresses(15).subList(9, 15), 1_200, 600, 30_000);
            Result good = LoadClient.run(scene.netns(), GOOD, 1_000, 16, 60_000);
            assertEquals(1_000, good.answered(), () -> good + " " + server.lines());
        }
    }

    @Test
    void exactlyTheExcessOverTheQueueIsClosed() {
        try (Scene scene = new Scene()) {
            TestReceiver receiver = scene.stuck("r");
            ServerProcess server = scene.server(RULES, "--queue", "20", "--handoff-timeout", "2m");
            int excess = 100 - 20 - Scene.KERNEL_QUEUE;
            LoadClient client = LoadClient.start(scene.netns(), addresses(1), 100, 100, 60_000);
            client.awaitFinished(excess);
            server.awaitLine(line -> line.contains("queue full"));
            assertEquals(excess, client.finished());
            receiver.resume();
            Result result = client.result();
            assertEquals(20 + Scene.KERNEL_QUEUE, result.answered(), result::toString);
            assertEquals(excess, result.closed() + result.reset(), result::toString);
            assertEquals(0, server.terminate());
            assertTrue(said(server, "queue full", excess), server.lines()::toString);
        }
    }

    @Test
    void exactlyWhatWaitedTooLongIsClosed() {
        try (Scene scene = new Scene()) {
            TestReceiver receiver = scene.stuck("r");
            ServerProcess server = scene.server(RULES, "--handoff-timeout", "500ms");
            int excess = 40 - Scene.KERNEL_QUEUE;
            LoadClient client = LoadClient.start(scene.netns(), addresses(1), 40, 40, 60_000);
            client.awaitFinished(excess);
            assertEquals(excess, client.finished());
            receiver.resume();
            Result result = client.result();
            assertEquals(Scene.KERNEL_QUEUE, result.answered(), result::toString);
            assertEquals(excess, result.closed() + result.reset(), result::toString);
            assertEquals(0, server.terminate());
            assertTrue(said(server, "hand-off timeout", excess), server.lines()::toString);
        }
    }

    @Test
    void theServerRestsWhileConnectionsWait() throws InterruptedException {
        try (Scene scene = new Scene()) {
            scene.stuck("stuck");
            ServerProcess server = scene.server(
                    "rule-set:0\nip:2001:db8::1 jump-unix:@stuck\ndefault jump-unix:@absent\n",
                    "--handoff-timeout",
                    "2m");
            LoadClient.start(scene.netns(), addresses(10), 200, 200, 20_000);
            Await.until("they wait", () -> server.stats().connections() >= 200 - Scene.KERNEL_QUEUE);
            long ticks = server.stats().cpuTicks();
            long switches = server.stats().contextSwitches();
            int seconds = 3;
            TimeUnit.SECONDS.sleep(seconds);
            long usedTicks = server.stats().cpuTicks() - ticks;
            long slept = server.stats().contextSwitches() - switches;
            System.out.println(
                    "waiting for " + seconds + " s: " + usedTicks + " ticks, " + slept + " context switches");
            assertTrue(usedTicks < seconds * 25, "ticks: " + usedTicks);
            // Reconnecting every 50 ms is 20 a second; the JVM's own threads wake up a few dozen times.
            assertTrue(slept < seconds * 200, "context switches: " + slept);
        }
    }

    /** Whether the log says that {@code count} connections in all were closed for {@code reason}. */
    private static boolean said(ServerProcess server, String reason, int count) {
        return server.lines().stream().anyMatch(line -> line.contains(reason) && line.contains(count + " in all"));
    }
}
