package io.socketbox.faults;

import static io.socketbox.faults.Siege.RULES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.socketbox.linux.Processes;
import io.socketbox.program.SetupException;
import io.socketbox.server.control.ControlClient;
import io.socketbox.testing.Await;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done to the server under continuous load: no connection is lost. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ServerFaultsIT {
    private static final int SIGHUP = 1;
    private static final int SIGUSR2 = 12;
    private static final int SIGKILL = 9;

    /** Each time connections go elsewhere: to a destination that is new, away from one that has some waiting. */
    @Test
    void reloadsTenTimesASecond() throws Exception {
        try (Scene scene = new Scene()) {
            Receiver.start(scene, "a", scene.path("a"));
            Receiver.start(scene, "b", scene.path("b"));
            Path live = scene.config("rule-set:0\ndefault jump-unix:@a\n");
            ServerProcess server = scene.with(
                    ServerProcess.start(scene.netns(), List.of("-f", live.toString(), "-w2"), List.of(), List.of()));
            Ledger ledger = Siege.during(scene, 16, "reloaded", Tools.size(20, 600), 100, turn -> {
                String rules = turn % 5 == 4 ? "a mistake" : "jump-unix:@" + (turn % 2 == 0 ? "b" : "a");
                Path next = scene.config("rule-set:0\ndefault " + rules + "\n");
                Files.move(next, live, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                server.signal(SIGHUP);
            });
            Siege.assertNoneLost(ledger, server.lines());
            server.awaitLine(line -> line.contains("reloaded: "));
            server.awaitLine(line -> line.contains("not reloaded"));
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void upgradesEverySecond() throws Exception {
        try (Scene scene = new Scene()) {
            String control = scene.path("control").toString();
            Receiver.start(scene, "r", scene.path("r"));
            scene.with(() -> {
                if (answering(control) != 0) {
                    Processes.kill(answering(control), SIGKILL);
                }
            });
            ServerProcess server = scene.server(RULES, "--control", control, "-r", "-w2");
            int[] now = {server.pid()};
            Ledger ledger = Siege.during(scene, 16, "upgraded", Tools.size(2, 60), 1000, turn -> {
                int before = now[0];
                Processes.kill(before, SIGUSR2);
                Await.until("successor " + turn + ": " + server.lines(), () -> {
                    now[0] = answering(control);
                    return now[0] != 0 && now[0] != before;
                });
            });
            Siege.assertNoneLost(ledger, server.lines());
        }
    }

    /** The process that answers at the control socket, or 0. */
    private static int answering(String control) {
        try {
            String answer = new ControlClient(control).ask("ping").strip();
            return Integer.parseInt(answer.substring(answer.lastIndexOf(' ') + 1));
        } catch (SetupException e) {
            return 0;
        }
    }

    @Test
    void standsStillNowAndThen() throws Exception {
        try (Scene scene = new Scene()) {
            Receiver.start(scene, "r", scene.path("r"));
            ServerProcess server = scene.server(RULES, "-w2");
            Ledger ledger = Siege.during(scene, 16, "stopped and continued", Tools.size(10, 200), 100, turn -> {
                server.signal(turn % 2 == 0 ? ServerProcess.SIGSTOP : ServerProcess.SIGCONT);
            });
            Siege.assertNoneLost(ledger, server.lines());
        }
    }

    /** The wall clock jumps by a day and back; time limits and intervals are measured by another one. */
    @Test
    void clockJumps() throws Exception {
        try (Scene scene = new Scene()) {
            Receiver.start(scene, "r", scene.path("r"));
            List<String> wrapper = List.of("env", "LD_PRELOAD=" + Tools.shim(), "FAULT_CLOCK=86400");
            ServerProcess server = scene.server(List.of(), wrapper, RULES, "-w2", "--handoff-timeout", "10s");
            Ledger ledger = Siege.during(scene, 16, "clock set", Tools.size(10, 200), 100, turn -> {});
            Siege.assertNoneLost(ledger, server.lines());
            assertEquals(0, server.terminate());
        }
    }
}
