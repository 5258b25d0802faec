package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * More than one thread or process behind one address.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>two processes</td><td>-r in both: each gets a part, none is lost; without it the second exits 1</td></tr>
 * <tr><td>-w 2</td><td>two dispatchers, one listening socket, none lost</td></tr>
 * <tr><td>-w 2 -r</td><td>two listening sockets, none lost</td></tr>
 * </table>
 */
class WorkersIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";
    private static final int CONNECTIONS = 2000;

    @Test
    void twoProcessesShareAPort() {
        try (Scene scene = new Scene()) {
            scene.fast("a");
            scene.fast("b");
            scene.server("rule-set:0\ndefault jump-unix:@a\n", "-r");
            scene.server("rule-set:0\ndefault jump-unix:@b\n", "-r");
            Result result = load(scene);
            assertEquals(CONNECTIONS, result.answered(), result::toString);
            assertTrue(result.byReceiver().get("a") > 0, result::toString);
            assertTrue(result.byReceiver().get("b") > 0, result::toString);
        }
    }

    @Test
    void withoutReusePortASecondProcessIsRefused() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            scene.server(RULES);
            List<String> arguments = List.of("-f", scene.config(RULES).toString());
            try (ServerProcess second = ServerProcess.launch(scene.netns(), arguments, List.of(), List.of())) {
                assertEquals(1, second.awaitExit());
                second.awaitLine(line -> line.contains("EADDRINUSE"));
            }
            assertEquals(0, load(scene).lost());
        }
    }

    @Test
    void twoWorkersShareOneListeningSocket() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess server = scene.server(RULES, "-w", "2");
            assertEquals(1, server.stats().listening());
            Result result = load(scene);
            assertEquals(CONNECTIONS, result.answered(), result::toString);
        }
    }

    @Test
    void twoWorkersWithAListeningSocketEach() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess server = scene.server(RULES, "-w2", "-r");
            assertEquals(2, server.stats().listening());
            Result result = load(scene);
            assertEquals(CONNECTIONS, result.answered(), result::toString);
        }
    }

    private static Result load(Scene scene) {
        return LoadClient.run(scene.netns(), addresses(8), CONNECTIONS, 64, 60_000);
    }
}
