package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.NotifySocket;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The server as a service of systemd, for which a socket that speaks its protocol stands in. */
class ServiceManagerIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";
    private static final int SIGKILL = 9;

    @Test
    void itsLifeIsToldAlsoFromAnotherRoot() throws IOException {
        int[] pair = TestSockets.socketpair(TestSockets.SOCK_DGRAM);
        try (Scene scene = new Scene()) {
            NotifySocket manager = scene.with(new NotifySocket(scene.path("notify")));
            ServerProcess server = scene.server(
                    List.of(pair[0]),
                    manager.wrapper("WATCHDOG_USEC=200000"),
                    "rule-set:0\ndefault jump-fd:3\n",
                    "-x",
                    scene.path(".").toString(),
                    "-u",
                    "65534");
            String ready = manager.await("READY=1");
            assertTrue(ready.contains("\nSTATUS=listening on [::]:80; "), ready);
            manager.await("WATCHDOG=1");
            manager.await("WATCHDOG=1");
            server.signal(ServerProcess.SIGSTOP);
            server.signal(ServerProcess.SIGCONT);
            manager.await("WATCHDOG=1");
            server.signal(ServerProcess.SIGTERM);
            manager.await("STOPPING=1");
            assertEquals(0, server.awaitExit());
        } finally {
            TestSockets.close(pair[0]);
            TestSockets.close(pair[1]);
        }
    }

    @Test
    void whatWaitsInTheBacklogsSurvivesACrash() throws IOException {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            NotifySocket manager = scene.with(new NotifySocket(scene.path("notify")));
            String[] options = {"-p80", "-p81", "-r", "-w2"};
            ServerProcess first = scene.server(List.of(), manager.wrapper(), RULES, options);
            manager.await("FDNAME=socketbox-3");
            assertEquals(4, manager.store().size());
            first.signal(SIGKILL);
            first.awaitExit();
            // Nobody is there to accept: the kernel does, because the store has the sockets.
            LoadClient client = LoadClient.start(scene.netns(), addresses(16), 200, 200, 90_000);
            LoadClient other = LoadClient.start(scene.netns(), List.of(at("2001:db8::1", 81)), 50, 50, 90_000);
            assertEquals(0, client.finished());
            ServerProcess second =
                    scene.server(new ArrayList<>(manager.store().values()), manager.restartWrapper(), RULES, options);
            assertEquals(200, client.result().answered(), () -> String.join("\n", second.lines()));
            assertEquals(50, other.result().answered());
            assertEquals(List.of(80, 81), second.ports());
            // Stored again under the names that they have.
            manager.await("FDNAME=socketbox-3");
            assertEquals(4, manager.store().size());

            // The next one wants only one of the ports, and gives up the other.
            second.signal(SIGKILL);
            second.awaitExit();
            ServerProcess third =
                    scene.server(new ArrayList<>(manager.store().values()), manager.restartWrapper(), RULES, "-p80");
            third.awaitLine(line -> line.contains("[::]:81 was given by the service manager as 'socketbox-"));
            manager.await("READY=1");
            manager.drain();
            assertEquals(2, manager.store().size(), manager.states()::toString);
            assertEquals(
                    100,
                    LoadClient.run(scene.netns(), addresses(16), 100, 16, 60_000)
                            .answered());
        }
    }

    @Test
    void socketsOfASocketUnitNeedNoPrivileges() throws IOException {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            int[] given = new int[3];
            for (int i = 0; i < 2; i++) {
                int port = 80 + i;
                given[i] = scene.netns().call(() -> TestSockets.bindTcp(at("::", port)));
                TestSockets.listen(given[i], 100);
            }
            given[2] = TestSockets.socket(TestSockets.AF_UNIX, TestSockets.SOCK_DGRAM);
            List<Integer> inherited = List.of(given[0], given[1], given[2]);
            List<String> wrapper = new ArrayList<>(List.of("setpriv", "--bounding-set", "-net_bind_service"));
            wrapper.addAll(NotifySocket.listenWrapper("web:web:odd", 3));
            ServerProcess all = scene.server(inherited, wrapper, RULES);
            assertEquals(List.of(80, 81), all.ports());
            all.awaitLine(line -> line.contains("as 'odd', and is not used"));
            LoadClient.one(scene.netns(), at("2001:db8::1", 81));
            assertEquals(0, all.terminate());
            ServerProcess one = scene.server(inherited, wrapper, RULES, "-p81");
            one.awaitLine(line -> line.contains("[::]:80 was given by the service manager as 'web', and is not used"));
            assertEquals(List.of(81), one.ports());
            LoadClient.one(scene.netns(), at("2001:db8::1", 81));
            assertEquals(0, one.terminate());
            // Of another process, as when a shell in between did not execute but start it.
            List<String> foreign =
                    List.of("setpriv", "--bounding-set", "-net_bind_service", "env", "LISTEN_PID=1", "LISTEN_FDS=3");
            List<String> arguments = List.of("-S", scene.path("r").toString());
            ServerProcess none = scene.with(ServerProcess.launch(scene.netns(), arguments, inherited, foreign));
            assertEquals(1, none.awaitExit());
            none.awaitLine(line -> line.contains("bind [::]:80: EACCES"));
            for (int fd : given) {
                TestSockets.close(fd);
            }
        }
    }

    @Test
    void theSuccessorBecomesTheService() throws IOException {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            NotifySocket manager = scene.with(new NotifySocket(scene.path("notify")));
            String control = scene.path("control").toString();
            ServerProcess old = scene.server(List.of(), manager.wrapper(), RULES, "--control", control);
            manager.await("FDNAME=socketbox-0");
            ServerProcess next = scene.server(
                    List.of(), manager.wrapper(), RULES, "--control", control, "--takeover", "-p80", "-p81");
            manager.await("MAINPID=" + next.pid());
            manager.await("READY=1");
            manager.await("FDNAME=socketbox-1");
            assertEquals(0, old.awaitExit());
            manager.drain();
            assertFalse(manager.states().contains("STOPPING=1"), manager.states()::toString);
            assertEquals(2, manager.store().size());
        }
    }
}
