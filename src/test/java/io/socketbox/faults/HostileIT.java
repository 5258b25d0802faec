package io.socketbox.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.Sockets;
import io.socketbox.testing.Await;
import io.socketbox.testing.InetdProcess;
import io.socketbox.testing.RelayTarget;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every UNIX socket on which one of the programs listens is told garbage under continuous load: the control socket, the
 * metrics' and the register socket of the server, and those of inetd, relay and the preload library. Every connection is
 * answered all the same, and nobody keeps a socket. The seed is logged; {@code -Dsocketbox.seed=N} repeats it.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class HostileIT {
    private static final String RULES = """
            rule-set:0
            ip:2001:db8::1 jump-unix:@inetd
            ip:2001:db8::2 jump-unix:@relay
            ip:2001:db8::3 jump-unix:@preload
            default jump-group:5
            register:@register mode:0600
            group:5
            """;
    private static final int ADDRESSES = 4;
    private static final int AT_ONCE = 10;

    @Test
    void nobodyMindsGarbage() throws Exception {
        long seed = Long.getLong("socketbox.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Hostile hostile = new Hostile(new Random(seed));
        try (Scene scene = new Scene()) {
            Map<Path, Integer> sockets = sockets(scene);
            ServerProcess server = scene.server(
                    RULES,
                    "-w2",
                    "--control",
                    scene.path("control").toString(),
                    "--metrics",
                    scene.path("metrics").toString());
            List<ServerProcess> programs = List.of(server, inetd(scene), relay(scene), preload(scene));
            Receiver.start(scene, "registered", scene.path("register"), "5");
            Load.start(scene, ADDRESSES, "ask", 60).result();
            int[] before =
                    programs.stream().mapToInt(each -> each.stats().sockets()).toArray();
            Ledger ledger = Siege.during(scene, ADDRESSES, "told garbage", Tools.size(30, 400), 50, turn -> {
                for (int i = 0; i < AT_ONCE; i++) {
                    sockets.forEach((path, type) -> hostile.speak(type, path));
                }
            });
            Siege.assertNoneLost(ledger, "seed " + seed + " " + server.lines());
            for (int i = 0; i < before.length; i++) {
                ServerProcess each = programs.get(i);
                int most = before[i];
                Await.until(
                        "program " + i + " keeps no socket: " + each.stats().descriptors(),
                        () -> each.stats().sockets() <= most);
            }
            assertEquals(0, server.terminate());
        }
    }

    private static Map<Path, Integer> sockets(Scene scene) {
        Map<Path, Integer> sockets = new LinkedHashMap<>();
        sockets.put(scene.path("control"), Sockets.STREAM);
        sockets.put(scene.path("metrics"), Sockets.STREAM);
        sockets.put(scene.path("register"), Sockets.SEQPACKET);
        for (String receiver : List.of("inetd", "relay", "preload")) {
            sockets.put(scene.path(receiver), Sockets.DGRAM);
        }
        return sockets;
    }

    private static ServerProcess inetd(Scene scene) {
        return InetdProcess.start(scene, scene.path("inetd").toString(), "sh", "-c", "read number; echo inetd $number")
                .process();
    }

    private static ServerProcess relay(Scene scene) {
        RelayTarget target = RelayTarget.start(scene, "::1", 0, socket -> {
            String line = "relay " + RelayTarget.line(socket) + "\n";
            socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
        });
        ServerProcess relay = scene.with(ServerProcess.launch(
                scene.netns(),
                "socketbox-relay",
                List.of(
                        "-s",
                        scene.path("relay").toString(),
                        "-c",
                        "::1",
                        "-p",
                        Integer.toString(target.address().getPort())),
                List.of(),
                List.of()));
        relay.awaitLine(line -> line.contains("ready: "));
        return relay;
    }

    /** Its socket appears when the library has made it, which is before the program says that it is ready. */
    private static ServerProcess preload(Scene scene) throws IOException {
        ServerProcess daemon = scene.with(ServerProcess.launch(
                scene.netns(),
                "run-with-socketbox",
                List.of(
                        "-b",
                        "[::]:8080=" + scene.path("preload"),
                        "--",
                        Tools.program("receiver").toString(),
                        "preload",
                        "8080"),
                List.of(),
                List.of()));
        daemon.awaitLine(line -> line.equals("ready"));
        assertTrue(scene.path("preload").toFile().exists());
        return daemon;
    }
}
