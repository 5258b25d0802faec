package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.ReceiverProcess;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Connections under load, while the receiver is slow, comes and goes. Its kernel queue is 11 long
 * (net.unix.max_dgram_qlen 10).
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>slow receiver (1 ms each)</td><td>20,000 connections at 256 in flight: none lost; no descriptor left
 * over</td></tr>
 * <tr><td>stops for 3 s the loss-free way</td><td>none lost, nor in many quick restarts</td></tr>
 * <tr><td>socket file replaced</td><td>by rename, and by unlink and bind: none lost</td></tr>
 * <tr><td>killed with SIGKILL</td><td>at most 11 lost per kill</td></tr>
 * </table>
 */
class NothingLostIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";

    @Test
    void noneIsLostIntoASlowReceiver() {
        try (Scene scene = new Scene()) {
            scene.slow("r", 1);
            ServerProcess server = scene.server(RULES);
            LoadClient.one(scene.netns(), addresses(1).getFirst());
            int before = server.stats().descriptorsAtRest();
            Result result = LoadClient.run(scene.netns(), addresses(16), 20_000, 256, 120_000);
            System.out.println("slow receiver: " + result);
            assertEquals(20_000, result.answered(), () -> result + " " + server.lines());
            assertEquals(before, server.stats().descriptorsAtRest(), "descriptors left over");
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void noneIsLostWhileAReceiverIsAwayForThreeSeconds() throws InterruptedException {
        try (Scene scene = new Scene()) {
            TestReceiver first = scene.fast("r");
            ServerProcess server = scene.server(RULES);
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 10_000, 256, 90_000);
            client.awaitFinished(3_000);
            first.stop();
            TimeUnit.SECONDS.sleep(3);
            scene.fast("r");
            Result result = client.result();
            System.out.println("away for 3 s: " + result);
            assertEquals(10_000, result.answered(), () -> result + " " + server.lines());
        }
    }

    @Test
    void noneIsLostInManyRestarts() {
        try (Scene scene = new Scene()) {
            TestReceiver receiver = scene.fast("r");
            ServerProcess server = scene.server(RULES);
            int restarts = 30;
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), (restarts + 1) * 300, 128, 90_000);
            for (int i = 1; i <= restarts; i++) {
                client.awaitFinished(i * 300);
                receiver.stop();
                receiver = scene.fast("r");
            }
            Result result = client.result();
            System.out.println(restarts + " restarts: " + result);
            assertEquals((restarts + 1) * 300, result.answered(), () -> result + " " + server.lines());
        }
    }

    @Test
    void noneIsLostWhenTheSocketFileIsReplacedByRename() throws IOException {
        replace(true);
    }

    @Test
    void noneIsLostWhenTheSocketFileIsReplacedByUnlinkAndBind() throws IOException {
        replace(false);
    }

    private static void replace(boolean byRename) throws IOException {
        try (Scene scene = new Scene()) {
            TestReceiver old = scene.with(TestReceiver.fast(scene.netns(), "r0", scene.path("r")));
            ServerProcess server = scene.server(RULES);
            int replacements = 20;
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), (replacements + 1) * 300, 128, 90_000);
            for (int i = 1; i <= replacements; i++) {
                client.awaitFinished(i * 300);
                TestReceiver next;
                if (byRename) {
                    next = TestReceiver.fast(scene.netns(), "r" + i, scene.path("new"));
                    Files.move(
                            scene.path("new"),
                            scene.path("r"),
                            StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                } else {
                    Files.delete(scene.path("r"));
                    next = TestReceiver.fast(scene.netns(), "r" + i, scene.path("r"));
                }
                scene.with(next);
                // Half of the old receivers stay: only the replaced file tells that they are no longer meant.
                if (i % 2 == 0) {
                    old.retire();
                } else {
                    client.awaitFinished(i * 300 + 200);
                }
                old = next;
            }
            Result result = client.result();
            System.out.println("replaced, rename " + byRename + ": " + result);
            assertEquals((replacements + 1) * 300, result.answered(), () -> result + " " + server.lines());
            assertTrue(result.byReceiver().size() > 1, result::toString);
        }
    }

    @Test
    void aKilledReceiverLosesItsKernelQueueAtMost() throws IOException {
        try (Scene scene = new Scene()) {
            ReceiverProcess receiver = scene.with(ReceiverProcess.start(scene.netns(), "r0", scene.path("r"), 0));
            ServerProcess server = scene.server(RULES);
            int kills = 4;
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), (kills + 1) * 600, 128, 90_000);
            for (int i = 1; i <= kills; i++) {
                client.awaitFinished(i * 500);
                receiver.killWithNothingInHand();
                Files.delete(scene.path("r"));
                receiver = scene.with(ReceiverProcess.start(scene.netns(), "r" + i, scene.path("r"), 0));
            }
            Result result = client.result();
            System.out.println(kills + " kills: " + result);
            assertTrue(result.lost() <= kills * Scene.KERNEL_QUEUE, () -> result + " " + server.lines());
            assertEquals((kills + 1) * 600, result.answered() + result.reset() + result.closed(), result::toString);
            assertEquals(
                    List.of("r0", "r1", "r2", "r3", "r4"),
                    List.copyOf(result.byReceiver().keySet()));
        }
    }
}
