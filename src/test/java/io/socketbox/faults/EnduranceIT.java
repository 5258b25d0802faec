package io.socketbox.faults;

import static io.socketbox.faults.Siege.RULES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many connections leave nothing behind: no descriptor, and no memory. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class EnduranceIT {
    private static final int STAGES = 10;
    private static final long MEMORY_NOISE = 16 << 20;

    @Test
    void nothingGrows() {
        int total = Tools.size(100_000, 1_000_000);
        try (Scene scene = new Scene()) {
            Receiver.start(scene, "r", scene.path("r"));
            ServerProcess server = scene.server(RULES, "-w2");
            long[] memory = new long[STAGES];
            int[] descriptors = new int[STAGES];
            for (int stage = 0; stage < STAGES; stage++) {
                Ledger ledger = Load.start(scene, 64, "ask", total / STAGES).result();
                Siege.assertNoneLost(ledger, server.lines());
                memory[stage] = server.stats().anonymousBytes();
                descriptors[stage] = server.stats().descriptorsAtRest();
                System.out.printf(
                        "after %,d connections: %d descriptors, %,d KiB%n",
                        (stage + 1) * (total / STAGES), descriptors[stage], memory[stage] >> 10);
            }
            assertEquals(descriptors[0], descriptors[STAGES - 1]);
            assertTrue(memory[STAGES - 1] - memory[STAGES / 2 - 1] < MEMORY_NOISE, "memory grows");
            assertEquals(0, server.terminate());
        }
    }

    /**
     * They reset or close before they are accepted, before they are handed off, or with the receiver, beside others. They
     * wait for nothing, so that they are more than a queue of the usual length holds.
     */
    @Test
    void clientsThatLeave() {
        int total = Tools.size(21_000, 200_000);
        try (Scene scene = new Scene()) {
            Receiver.start(scene, "r", scene.path("r"));
            ServerProcess server = scene.server(RULES, "-w2", "--queue", "60000");
            Load.start(scene, 1, "ask", 3).result();
            int descriptors = server.stats().descriptorsAtRest();
            Load others = Load.start(scene, 16);
            Ledger leaving = Load.start(scene, 16, "leave", total).result();
            Ledger ledger = others.stop();
            System.out.println("leaving: " + leaving + "; beside them: " + ledger);
            Siege.assertNoneLost(ledger, server.lines());
            assertEquals(0, leaving.lost(), leaving::toString);
            Await.until(
                    "no descriptor is left over",
                    () -> server.stats().descriptors().size() == descriptors);
            assertEquals(0, server.terminate());
        }
    }
}
