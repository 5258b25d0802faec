package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several receivers that restart, are replaced and stand still in a random order under load, with one dispatcher and
 * with two,
 * with many descriptors and with few: none
 * lost, none misrouted, no descriptor left over. The seed is logged; {@code -Dsocketbox.seed=N} repeats it.
 */
class ChaosIT {
    private static final int RECEIVERS = 4;
    private static final int ACTIONS = 120;
    private static final int PER_ACTION = 100;

    @ParameterizedTest
    @CsvSource({"-w1, 20000", "-w2, 20000", "-w1, 160", "-w2, 160"})
    void noneIsLostAndNoneGoesAstray(String workers, int descriptors) throws IOException {
        long seed = Long.getLong("socketbox.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (Scene scene = new Scene()) {
            StringBuilder rules = new StringBuilder("rule-set:0\n");
            List<TestReceiver> receivers = new ArrayList<>();
            for (int i = 0; i < RECEIVERS; i++) {
                rules.append("ip:2001:db8::" + (i + 1) + " jump-unix:@r" + i + "\n");
                receivers.add(scene.fast("r" + i));
            }
            ServerProcess server =
                    scene.server(List.of(), List.of("prlimit", "--nofile=" + descriptors), rules.toString(), workers);
            LoadClient.run(scene.netns(), addresses(RECEIVERS), RECEIVERS, 1, 20_000);
            int descriptorsBefore = server.stats().descriptorsAtRest();
            int total = (ACTIONS + 1) * PER_ACTION;
            LoadClient client = LoadClient.start(scene.netns(), addresses(RECEIVERS), total, 200, 90_000);
            for (int i = 1; i <= ACTIONS; i++) {
                client.awaitFinished(i * PER_ACTION);
                int which = random.nextInt(RECEIVERS);
                receivers.set(which, act(random, scene, "r" + which, receivers.get(which)));
            }
            Result result = client.result();
            System.out.println("chaos " + workers + ", " + descriptors + " descriptors: " + result);
            assertEquals(total, result.answered(), () -> "seed " + seed + ": " + result + " " + server.lines());
            result.answers()
                    .forEach(a ->
                            assertEquals("r" + (Integer.parseInt(a.token().substring(1)) % RECEIVERS), a.receiver()));
            Await.until(
                    "as many descriptors as before",
                    () -> server.stats().descriptors().size() == descriptorsBefore);
        }
    }

    private static TestReceiver act(Random random, Scene scene, String name, TestReceiver now) throws IOException {
        Path path = scene.path(name);
        switch (random.nextInt(4)) {
            case 0 -> {
                Files.delete(path);
                now.retire();
                return scene.fast(name);
            }
            case 1 -> {
                Files.delete(path);
                TestReceiver next = scene.fast(name);
                now.retire();
                return next;
            }
            case 2 -> {
                TestReceiver next = scene.with(TestReceiver.fast(scene.netns(), name, scene.path("new")));
                Files.move(
                        scene.path("new"), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                now.retire();
                return next;
            }
            default -> {
                now.pause();
                LoadClient.run(scene.netns(), addresses(1), 1, 1, 20);
                now.resume();
                return now;
            }
        }
    }
}
