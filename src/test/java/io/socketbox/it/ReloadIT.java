package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.FileCalls;
import io.socketbox.program.SetupException;
import io.socketbox.server.control.ControlClient;
import io.socketbox.testing.Answer;
import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.NotifySocket;
import io.socketbox.testing.Registering;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A running server reads its configuration anew: by SIGHUP, and by {@code --reload}, which says what came of it. */
class ReloadIT {
    private static final int SIGHUP = 1;
    private static final String NOBODY = "65534";
    private static final String TO_A = "rule-set:0\ndefault jump-unix:@a\n";
    private static final String TO_B = "rule-set:0\ndefault jump-unix:@b\n";

    private static String[] arguments(Scene scene, String... more) {
        List<String> arguments = new ArrayList<>(List.of("-p80", "--control", control(scene)));
        arguments.addAll(List.of("-f", scene.path("live").toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static String control(Scene scene) {
        return scene.path("control").toString();
    }

    /** Puts another file in the configuration's place, as most editors and tools do. */
    private static void write(Scene scene, String text) throws IOException {
        Files.move(scene.config(text), scene.path("live"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static ServerProcess server(Scene scene, String config, String... more) throws IOException {
        write(scene, config);
        // The later -f counts.
        return scene.server("rule-set:0\ndefault fail\n", arguments(scene, more));
    }

    private static String ask(Scene scene, String request) throws SetupException {
        return new ControlClient(control(scene)).ask(request);
    }

    /** What {@code socketbox --reload} prints; it exits with 0. */
    private static String reload(Scene scene) {
        String program = ServerProcess.launcher("socketbox").toString();
        return ObserveIT.output(scene, program, "--reload", "--control", control(scene));
    }

    private static String receiverOfOne(Scene scene) {
        Answer answer = LoadClient.one(scene.netns(), addresses(1).getFirst());
        return answer.receiver();
    }

    @Test
    void everyConnectionFollowsTheOldRulesOrTheNew() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("a");
            scene.fast("b");
            ServerProcess server = server(scene, TO_A, "-r", "-w2");
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 5_000, 64, 120_000);
            for (int i = 1; i <= 6; i++) {
                client.awaitFinished(i * 600);
                write(scene, i % 2 == 1 ? TO_B : TO_A);
                String said = reload(scene);
                assertTrue(said.startsWith("reloaded: 0 rules, 1 destination (1 new, 0 kept, 1 gone) in "), said);
                assertEquals(i % 2 == 1 ? "b" : "a", receiverOfOne(scene));
            }
            Result result = client.result();
            assertEquals(5_000, result.answered(), result::toString);
            assertEquals(2, result.byReceiver().size(), result::toString);
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void aConfigurationWithErrorsLeavesEverythingAsItWas() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("a");
            ServerProcess server = server(scene, TO_A);
            write(scene, "rule-set:0\nip:x jump-unix:@b\ndefault jmp-unix:@b\n");
            SetupException refused = assertThrows(SetupException.class, () -> ask(scene, "reload"));
            assertTrue(refused.getMessage().contains("live: not accepted"), refused.getMessage());
            server.awaitLine(line -> line.contains("live:2:4"));
            server.awaitLine(line -> line.contains("live:3:9"));
            server.awaitLine(line -> line.contains("not reloaded, going on with the rules of before: "));
            assertEquals("a", receiverOfOne(scene));
            Files.delete(scene.path("live"));
            server.signal(SIGHUP);
            server.awaitLine(line -> line.contains("ENOENT"));
            assertEquals("a", receiverOfOne(scene));
            String status = ask(scene, "status");
            assertTrue(status.contains(", 0 reloads, 2 failed\n"), status);
            String json = ask(scene, "status json");
            assertTrue(json.contains("\"reloads\":0,\"reloads_failed\":2"), json);
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void itIsFoundAfterTheServerHasChangedRootAndUser() throws Exception {
        try (Scene scene = new Scene()) {
            Files.createDirectory(scene.path("root"));
            FileCalls.chmod(scene.path(".").toString(), 0755);
            scene.with(TestReceiver.fast(scene.netns(), "a", scene.path("root/a")));
            scene.with(TestReceiver.fast(scene.netns(), "b", scene.path("root/b")));
            FileCalls.chmod(scene.path("root/a").toString(), 0666);
            FileCalls.chmod(scene.path("root/b").toString(), 0666);
            String root = scene.path("root").toString();
            ServerProcess server =
                    server(scene, "rule-set:0\ndefault jump-unix:/a\n", "-x", root, "-u", NOBODY, "-g", NOBODY);
            assertEquals("a", receiverOfOne(scene));
            write(scene, "rule-set:0\ndefault jump-unix:/b\n");
            server.signal(SIGHUP);
            server.awaitLine(line -> line.contains("reloaded: "));
            assertEquals("b", receiverOfOne(scene));
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void itIsSaidAtStartWhenTheUserWillNotBeAbleToReadIt() throws Exception {
        try (Scene scene = new Scene()) {
            FileCalls.chmod(scene.path(".").toString(), 0755);
            write(scene, TO_A);
            FileCalls.chmod(scene.path("live").toString(), 0600);
            ServerProcess server =
                    scene.server("rule-set:0\ndefault fail\n", arguments(scene, "-u", NOBODY, "-g", NOBODY));
            server.awaitLine(line -> line.contains("SIGHUP and --reload will fail: ") && line.contains("EACCES"));
            SetupException refused = assertThrows(SetupException.class, () -> ask(scene, "reload"));
            assertTrue(refused.getMessage().contains("EACCES"), refused.getMessage());
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void whatIsNoFileCannotBeReadAgain() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("a");
            ServerProcess server = scene.server("", "-p80", "--control", control(scene), "-S", scene.path("a") + "");
            SetupException refused = assertThrows(SetupException.class, () -> ask(scene, "reload"));
            assertTrue(refused.getMessage().contains("-S and -i skip the rules"), refused.getMessage());
            assertEquals("a", receiverOfOne(scene));
            assertEquals(0, server.terminate());

            write(scene, TO_A);
            // The program itself is the process that the scene ends; a pipeline would leave it to nobody.
            List<String> pipe = List.of("bash", "-c", "exec \"$@\" < <(cat " + scene.path("live") + ")", "bash");
            ServerProcess piped =
                    scene.server(List.of(), pipe, "", "-p80", "--control", control(scene), "-f", "/dev/stdin");
            piped.awaitLine(line -> line.contains("/dev/stdin: no regular file"));
            assertThrows(SetupException.class, () -> ask(scene, "reload"));
            assertEquals("a", receiverOfOne(scene));
            assertEquals(0, piped.terminate());
        }
    }

    @Test
    void receiversStayRegisteredAndNewOnesCanJoin() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("a");
            ServerProcess server = server(scene, TO_A);
            String joined = "register:@r mode:0600\ngroup:5 uid:0\nrule-set:0\ndefault jump-group:5\n";
            write(scene, joined);
            reload(scene);
            scene.with(TestReceiver.on("c", Registering.connect(scene.path("r"), 5)));
            assertEquals("c", receiverOfOne(scene));
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 2_000, 32, 120_000);
            for (int i = 1; i <= 3; i++) {
                client.awaitFinished(i * 400);
                write(scene, joined + "rule-set:1\nport:" + i + " jump-unix:@a\n");
                reload(scene);
            }
            Result result = client.result();
            assertEquals(2_000, result.byReceiver().get("c"), result::toString);
            write(scene, TO_A);
            reload(scene);
            assertEquals("a", receiverOfOne(scene));
            Await.until("the register socket is gone", () -> Files.notExists(scene.path("r")));
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void aRegisterSocketThatCannotBeOpenedChangesNothing() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("a");
            ServerProcess server = server(scene, TO_A);
            write(scene, "register:@absent/r\ngroup:5 uid:0\nrule-set:0\ndefault jump-group:5\n");
            SetupException refused = assertThrows(SetupException.class, () -> ask(scene, "reload"));
            assertTrue(refused.getMessage().contains("its folder has to be there"), refused.getMessage());
            assertEquals("a", receiverOfOne(scene));
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void theServiceManagerIsTold() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("a");
            NotifySocket manager = scene.with(new NotifySocket(scene.path("notify")));
            write(scene, TO_A);
            ServerProcess server = scene.server(List.of(), manager.wrapper(), "", arguments(scene));
            manager.await("READY=1");
            write(scene, TO_A + "rule-set:1\nport:1 fail\n");
            server.signal(SIGHUP);
            assertTrue(manager.await("RELOADING=1").contains("\nMONOTONIC_USEC="));
            String ready = manager.await("READY=1");
            assertTrue(ready.endsWith("; 1 rule, 1 destination"), ready);
            write(scene, "nonsense\n");
            server.signal(SIGHUP);
            manager.await("RELOADING=1");
            assertEquals(ready, manager.await("READY=1"));
            assertEquals(0, server.terminate());
        }
    }
}
