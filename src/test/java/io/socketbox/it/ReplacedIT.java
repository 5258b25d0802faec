package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Netns;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A path that means another socket than before, while the old one is still there and would take everything.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>unlink and bind, rename</td><td>the new receiver gets all, the old one no more</td></tr>
 * <tr><td>symbolic link</td><td>the same when the link, and when the file behind it is replaced</td></tr>
 * <tr><td>directory</td><td>removed and made again with the daemon, as service managers do: none lost, and a later
 * replacement in the new one is noticed</td></tr>
 * <tr><td>abstract name</td><td>a receiver that ends and another that takes its name: none lost</td></tr>
 * </table>
 */
class ReplacedIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";

    @Test
    void unlinkAndBindIsNoticed() throws IOException {
        try (Scene scene = new Scene()) {
            TestReceiver old = at(scene, "old", "r");
            scene.server(RULES);
            LoadClient.one(scene.netns(), addresses(1).getFirst());
            Files.delete(scene.path("r"));
            assertTakesOver(scene, at(scene, "next", "r"), old);
        }
    }

    @Test
    void renameIsNoticed() throws IOException {
        try (Scene scene = new Scene()) {
            TestReceiver old = at(scene, "old", "r");
            scene.server(RULES);
            LoadClient.one(scene.netns(), addresses(1).getFirst());
            TestReceiver next = at(scene, "next", "r.new");
            replace(scene.path("r.new"), scene.path("r"));
            assertTakesOver(scene, next, old);
        }
    }

    @Test
    void aLinkThatIsTurnedIsNoticed() throws IOException {
        try (Scene scene = new Scene()) {
            TestReceiver old = at(scene, "old", "a");
            TestReceiver next = at(scene, "next", "b");
            Files.createSymbolicLink(scene.path("r"), scene.path("a"));
            scene.server(RULES);
            LoadClient.one(scene.netns(), addresses(1).getFirst());
            Files.createSymbolicLink(scene.path("r.new"), scene.path("b"));
            replace(scene.path("r.new"), scene.path("r"));
            assertTakesOver(scene, next, old);
        }
    }

    @Test
    void aFileBehindALinkIsNoticed() throws IOException {
        try (Scene scene = new Scene()) {
            Files.createDirectory(scene.path("d"));
            TestReceiver old = at(scene, "old", "d/r");
            Files.createSymbolicLink(scene.path("r"), scene.path("d/r"));
            scene.server(RULES);
            LoadClient.one(scene.netns(), addresses(1).getFirst());
            TestReceiver next = at(scene, "next", "d/new");
            replace(scene.path("d/new"), scene.path("d/r"));
            assertTakesOver(scene, next, old);
        }
    }

    @Test
    void aDirectoryMayComeAndGoWithItsDaemon() throws IOException {
        try (Scene scene = new Scene()) {
            Path directory = Files.createDirectory(scene.path("d"));
            TestReceiver receiver = at(scene, "r0", "d/r");
            ServerProcess server = scene.server("rule-set:0\ndefault jump-unix:@d/r\n");
            LoadClient client = LoadClient.start(scene.netns(), addresses(8), 3_000, 64, 60_000);
            for (int i = 1; i <= 5; i++) {
                client.awaitFinished(i * 500);
                receiver.stop();
                Files.delete(directory);
                Files.createDirectory(directory);
                receiver = at(scene, "r" + i, "d/r");
            }
            Result result = client.result();
            assertEquals(3_000, result.answered(), () -> result + " " + server.lines());
            TestReceiver next = at(scene, "next", "d/new");
            replace(scene.path("d/new"), scene.path("d/r"));
            assertTakesOver(scene, next, receiver);
        }
    }

    @Test
    void anAbstractNameMayChangeHands() {
        try (Scene scene = new Scene()) {
            Netns netns = scene.netns();
            TestReceiver receiver = scene.with(TestReceiver.onAbstract(netns, "r0", "name"));
            ServerProcess server = scene.server("rule-set:0\ndefault jump-abstract:name\n");
            LoadClient client = LoadClient.start(netns, addresses(8), 3_000, 64, 60_000);
            for (int i = 1; i <= 5; i++) {
                client.awaitFinished(i * 500);
                receiver.retire();
                receiver = scene.with(TestReceiver.onAbstract(netns, "r" + i, "name"));
            }
            Result result = client.result();
            assertEquals(3_000, result.answered(), () -> result + " " + server.lines());
            assertEquals(
                    List.of("r0", "r1", "r2", "r3", "r4", "r5"),
                    List.copyOf(result.byReceiver().keySet()));
        }
    }

    /**
     * A file system tells of changes after the fact: from the first answer of the new receiver on, all must be its own.
     */
    private static void assertTakesOver(Scene scene, TestReceiver next, TestReceiver old) {
        while (next.answers().isEmpty()) {
            LoadClient.one(scene.netns(), addresses(1).getFirst());
        }
        int before = old.answers().size();
        Result result = LoadClient.run(scene.netns(), addresses(4), 1_000, 64, 30_000);
        assertEquals(1_000, result.byReceiver().get("next"), result::toString);
        assertEquals(before, old.answers().size());
    }

    private static TestReceiver at(Scene scene, String name, String path) {
        return scene.with(TestReceiver.fast(scene.netns(), name, scene.path(path)));
    }

    private static void replace(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
