package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.QueuedClients;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How a server ends.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>SIGTERM, SIGINT with pending connections</td><td>no longer listens, delivers all that it has accepted,
 * exit 0</td></tr>
 * <tr><td>hand-off timeout in the meantime</td><td>closes the rest, says so, exit 0</td></tr>
 * <tr><td>second signal</td><td>ends at once, with 128 and its number</td></tr>
 * <tr><td>backlog</td><td>400 wait in it, the server may have 128 descriptors: all answered</td></tr>
 * <tr><td>under load</td><td>what was accepted is answered, the rest refused or reset by the kernel, exit 0</td></tr>
 * </table>
 */
class ShutdownIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";
    private static final int PENDING = 60;

    @ParameterizedTest
    @ValueSource(ints = {ServerProcess.SIGTERM, ServerProcess.SIGINT})
    void deliversWhatIsPendingAndExitsZero(int signal) {
        try (Scene scene = new Scene()) {
            TestReceiver receiver = scene.stuck("r");
            ServerProcess server = scene.server(RULES, "--handoff-timeout", "2m");
            LoadClient client = park(scene, server);
            server.signal(signal);
            awaitDeaf(server);
            receiver.resume();
            Result result = client.result();
            assertEquals(PENDING, result.answered(), result::toString);
            assertEquals(0, server.awaitExit(), server.lines()::toString);
        }
    }

    @Test
    void waitsNoLongerThanTheHandoffTimeout() {
        try (Scene scene = new Scene()) {
            TestReceiver receiver = scene.stuck("r");
            ServerProcess server = scene.server(RULES, "--handoff-timeout", "3s");
            LoadClient client = park(scene, server);
            server.signal(ServerProcess.SIGTERM);
            assertEquals(0, server.awaitExit(), server.lines()::toString);
            receiver.resume();
            Result result = client.result();
            assertEquals(Scene.KERNEL_QUEUE, result.answered(), result::toString);
            assertEquals(PENDING - Scene.KERNEL_QUEUE, result.closed() + result.reset(), result::toString);
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() {
        try (Scene scene = new Scene()) {
            TestReceiver receiver = scene.stuck("r");
            ServerProcess server = scene.server(RULES, "--handoff-timeout", "60m");
            LoadClient client = park(scene, server);
            server.signal(ServerProcess.SIGTERM);
            awaitDeaf(server);
            // The first ones may come so soon that they count as part of the request before.
            Await.until("it ends at once", () -> {
                try {
                    server.signal(ServerProcess.SIGTERM);
                } catch (UncheckedIOException ended) {
                    return true;
                }
                return !server.isAlive();
            });
            assertEquals(128 + ServerProcess.SIGTERM, server.awaitExit(), server.lines()::toString);
            server.awaitLine(line -> line.contains("at once"));
            receiver.resume();
            Result result = client.result();
            assertEquals(Scene.KERNEL_QUEUE, result.answered(), result::toString);
            assertEquals(PENDING - Scene.KERNEL_QUEUE, result.closed() + result.reset(), result::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20_000, 128})
    void whatWasAcceptedUnderLoadIsAnswered(int descriptors) {
        try (Scene scene = new Scene()) {
            TestReceiver receiver = scene.slow("r", 1);
            ServerProcess server = scene.server(List.of(), List.of("prlimit", "--nofile=" + descriptors), RULES);
            LoadClient client = LoadClient.start(scene.netns(), addresses(4), 3_000, 128, 60_000);
            client.awaitFinished(500);
            assertEquals(0, server.terminate());
            Result result = client.result();
            System.out.println("SIGTERM under load, " + descriptors + " descriptors: " + result);
            assertEquals(3_000, result.answered() + result.refused() + result.reset(), result::toString);
            assertEquals(0, result.closed(), "closed by the server, not by the kernel");
            assertEquals(receiver.answers().size(), result.answered());
            assertTrue(result.refused() > 0, result::toString);
        }
    }

    @Test
    void theBacklogIsEmptiedThoughDescriptorsAreFew() {
        try (Scene scene = new Scene()) {
            scene.slow("r", 1);
            ServerProcess server = scene.server(List.of(), List.of("prlimit", "--nofile=128:128"), RULES);
            // What was accepted before must not count as taken from the backlog.
            assertEquals(
                    100,
                    LoadClient.run(scene.netns(), addresses(1), 100, 10, 30_000).answered());
            server.signal(ServerProcess.SIGSTOP);
            QueuedClients clients =
                    QueuedClients.connect(scene.netns(), addresses(1).getFirst(), 400);
            server.signal(ServerProcess.SIGTERM);
            server.signal(ServerProcess.SIGCONT);
            clients.ask().forEach(answer -> assertTrue(answer.startsWith("r token "), answer));
            assertEquals(0, server.awaitExit(), server.lines()::toString);
        }
    }

    private static LoadClient park(Scene scene, ServerProcess server) {
        LoadClient client = LoadClient.start(scene.netns(), addresses(1), PENDING, PENDING, 60_000);
        Await.until("all wait", () -> server.stats().connections() >= PENDING - Scene.KERNEL_QUEUE);
        return client;
    }

    private static void awaitDeaf(ServerProcess server) {
        Await.until("it no longer listens", () -> server.stats().listening() == 0);
    }
}
