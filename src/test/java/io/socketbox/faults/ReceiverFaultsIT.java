package io.socketbox.faults;

import static io.socketbox.faults.Siege.RULES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.LoadClient;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens to receivers under continuous load. Seeds are logged; {@code -Dsocketbox.seed=N} repeats one. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ReceiverFaultsIT {
    private static final int RECEIVERS = 4;
    /** A registered receiver's queue is bounded by bytes, and not by messages. */
    private static final int REGISTERED_QUEUE = 30;

    private static Random random() {
        long seed = Long.getLong("socketbox.seed", System.nanoTime());
        System.out.println("seed " + seed);
        return new Random(seed);
    }

    /** Nothing is lost but what is in the queue of a socket whose owner was killed. */
    @Test
    void areKilledAtRandom() throws Exception {
        Random random = random();
        try (Scene scene = new Scene()) {
            StringBuilder rules = new StringBuilder("rule-set:0\n");
            List<Receiver> receivers = new ArrayList<>();
            for (int i = 0; i < RECEIVERS; i++) {
                rules.append("ip:2001:db8::" + (i + 1) + " jump-unix:@r" + i + "\n");
                receivers.add(Receiver.start(scene, "r" + i, scene.path("r" + i)));
            }
            ServerProcess server = scene.server(rules.toString(), "-w2");
            int kills = Tools.size(15, 300);
            Ledger ledger = Siege.during(scene, RECEIVERS, "killed", kills, 100, turn -> {
                int which = random.nextInt(RECEIVERS);
                receivers.get(which).kill();
                Files.delete(scene.path("r" + which));
                receivers.set(which, Receiver.start(scene, "r" + which, scene.path("r" + which)));
            });
            assertTrue(ledger.cutOff() <= (long) kills * Scene.KERNEL_QUEUE, () -> ledger + "; " + server.lines());
            assertEquals(ledger.cutOff(), ledger.lost(), ledger::toString);
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void membersOfAGroupAreKilledAtRandom() throws Exception {
        Random random = random();
        try (Scene scene = new Scene()) {
            ServerProcess server =
                    scene.server("rule-set:0\ndefault jump-group:5\nregister:@r mode:0600\ngroup:5\n", "-w2");
            List<Receiver> receivers = new ArrayList<>();
            for (int i = 0; i < RECEIVERS; i++) {
                receivers.add(Receiver.start(scene, "r" + i, scene.path("r"), "5"));
            }
            int kills = Tools.size(15, 300);
            Ledger ledger = Siege.during(scene, 16, "members killed", kills, 100, turn -> {
                int which = random.nextInt(RECEIVERS);
                receivers.get(which).kill();
                receivers.set(which, Receiver.start(scene, "r" + turn, scene.path("r"), "5"));
            });
            assertTrue(ledger.cutOff() <= (long) kills * REGISTERED_QUEUE, () -> ledger + "; " + server.lines());
            assertEquals(ledger.cutOff(), ledger.lost(), ledger::toString);
            assertEquals(0, server.terminate());
        }
    }

    /** Its connections wait, and are served when it reads at last; nobody else notices. */
    @Test
    void oneNeverReads() throws Exception {
        try (Scene scene = new Scene()) {
            TestReceiver stuck = scene.stuck("stuck");
            Receiver.start(scene, "r", scene.path("r"));
            ServerProcess server =
                    scene.patientServer("rule-set:0\nip:2001:db8::ff jump-unix:@stuck\ndefault jump-unix:@r\n", "-w2");
            int waiting = 500;
            LoadClient waits =
                    LoadClient.start(scene.netns(), List.of(Scene.at("2001:db8::ff", 80)), waiting, waiting, 300_000);
            Ledger ledger = Siege.during(scene, 16, "one stands still", Tools.size(10, 300), 100, turn -> {});
            Siege.assertNoneLost(ledger, server.lines());
            assertEquals(0, waits.finished());
            stuck.resume();
            LoadClient.Result result = waits.result();
            assertEquals(waiting, result.answered(), result::toString);
            assertEquals(0, server.terminate());
        }
    }

    /** By rename, and by removal and another bind, while the owner before still serves what it has. */
    @Test
    void pathIsReplaced() throws Exception {
        try (Scene scene = new Scene()) {
            Path path = scene.path("r");
            Receiver[] now = {Receiver.start(scene, "r", path)};
            ServerProcess server = scene.server(RULES, "-w2");
            Ledger ledger = Siege.during(scene, 16, "replaced", Tools.size(15, 300), 100, turn -> {
                Receiver before = now[0];
                if (turn % 2 == 0) {
                    now[0] = Receiver.start(scene, "r" + turn, scene.path("new"));
                    Files.move(
                            scene.path("new"),
                            path,
                            StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                } else {
                    Files.delete(path);
                    now[0] = Receiver.start(scene, "r" + turn, path);
                }
                before.retire();
            });
            Siege.assertNoneLost(ledger, server.lines());
            assertEquals(0, server.terminate());
        }
    }
}
