package io.socketbox.it;

import static io.socketbox.it.DaemonStage.BURST;
import static io.socketbox.it.DaemonStage.GET;
import static io.socketbox.it.DaemonStage.HELLO;
import static io.socketbox.it.DaemonStage.SIGUSR1;
import static io.socketbox.it.DaemonStage.SIGUSR2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestProcesses;
import io.socketbox.linux.TestSockets;
import io.socketbox.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * HAProxy behind the real server, as in {@link DaemonsIT}: by itself, on one end of a socket pair, and under the preload
 * library with a chroot, another user, and a master that executes itself to reload.
 */
class HaproxyIT {
    private static final String HAPROXY = "/usr/sbin/haproxy";
    private static final int NOBODY = 65534;
    private static final String EXITING = "Exiting Master process...";

    private final DaemonStage stage = new DaemonStage();

    @AfterEach
    void removeEverything() {
        stage.close();
    }

    private Path config(String global, String bind) throws IOException {
        return Files.writeString(stage.path("haproxy.cfg"), """
                global
                    log stdout format raw local0
                    maxconn 4000
                    GLOBAL
                defaults
                    mode http
                    log global
                    timeout client 60s
                    timeout connect 60s
                    timeout server 60s
                frontend web
                    BIND
                    log-format "client=%ci:%cp server=%fi:%fp"
                    http-request return status 200 content-type text/plain string hello
                """.replace("GLOBAL", global)
                .replace("BIND", bind)
                .replace("FOLDER", stage.socket().getParent().toString()));
    }

    @Test
    void receivesOnASocketPair() throws Exception {
        int[] pair = TestSockets.socketpair(TestSockets.SOCK_DGRAM);
        int[] output = TestProcesses.pipe();
        Path log = stage.path("haproxy.log");
        Path config = config("", "bind sockpair@3");
        stage.serve(80, "jump-fd:3", List.of(pair[0]));
        int pid = stage.scene()
                .anotherNetns()
                .call(() -> TestProcesses.spawn(
                        List.of(
                                "sh",
                                "-c",
                                "exec \"$0\" -db -f \"$1\" >\"$2\" 2>&1",
                                HAPROXY,
                                config.toString(),
                                log.toString()),
                        Map.of(),
                        output[1],
                        List.of(pair[1])));
        stage.scene().with((AutoCloseable) () -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        for (int fd : List.of(pair[0], pair[1], output[0], output[1])) {
            TestSockets.close(fd);
        }
        for (InetSocketAddress server : stage.servers()) {
            stage.exchange(server, GET, HELLO);
        }
        // It does not ask the kernel who the client of a passed connection is.
        Await.until(
                "two lines",
                () -> DaemonProcess.read(log).contains("client=unix:1 server=-:-\nclient=unix:1 server=-:-\n"));
        stage.assertNoneLost(BURST, GET, HELLO);
        TestProcesses.kill(pid, SIGUSR1);
        assertEquals(0, TestProcesses.await(pid), () -> DaemonProcess.read(log));
    }

    @Test
    void servesFromAChrootAndReloads() throws Exception {
        stage.serve(80);
        Path root = Files.createDirectory(stage.path("root"));
        Path config = config("""
                chroot FOLDER/root
                    user nobody
                    group nogroup
                    stats socket FOLDER/stats mode 600 level admin expose-fd listeners""", "bind :80\n    bind [::]:80");
        DaemonProcess daemon = stage.daemon("*:80", HAPROXY, "-W", "-db", "-f", config.toString());
        assertServes(daemon);
        long worker = worker(daemon, -1);
        assertEquals(NOBODY, DaemonStage.userOf(worker));
        assertEquals(root.toRealPath(), Files.readSymbolicLink(Path.of("/proc/" + worker + "/root")));
        stage.assertNoneLost(BURST, GET, HELLO);
        for (int i = 0; i < 2; i++) { // Twice: in between the master has received its listeners, and never listened.
            signal(daemon, SIGUSR2, "Loading success.");
            stage.assertNoneLost(BURST / 4, GET, HELLO);
            DaemonStage.awaitEnd(worker);
            worker = worker(daemon, worker);
            assertServes(daemon);
        }
        signal(daemon, SIGUSR1, EXITING);
        assertEquals(0, daemon.awaitExit(), daemon::log);
        // No process of it was left that could reach its socket file; the next one replaces it.
        assertTrue(Files.exists(stage.socket()));
        DaemonProcess next = stage.daemon("*:80", HAPROXY, "-W", "-db", "-f", config.toString());
        stage.assertNoneLost(BURST / 4, GET, HELLO);
        signal(next, SIGUSR1, EXITING);
        assertEquals(0, next.awaitExit(), next::log);
    }

    private void assertServes(DaemonProcess daemon) {
        for (InetSocketAddress server : stage.servers()) {
            Exchange exchange = stage.exchange(server, GET, HELLO);
            DaemonStage.awaitLog(
                    daemon,
                    "client=" + DaemonStage.client(exchange) + ":"
                            + exchange.client().getPort() + " server=" + DaemonStage.local(server) + ":80");
        }
    }

    /** The master's one child, when that is another than {@code before}. */
    private static long worker(DaemonProcess daemon, long before) {
        ProcessHandle master = ProcessHandle.of(daemon.pid()).orElseThrow();
        long[] found = {-1};
        Await.until("a new worker of " + daemon.log(), () -> {
            List<ProcessHandle> workers = master.children().toList();
            found[0] = workers.size() == 1 ? workers.getFirst().pid() : -1;
            return found[0] > 0 && found[0] != before;
        });
        return found[0];
    }

    /**
     * Sends the master a signal until it has answered: when it has started a worker, it executes itself to wait for its
     * end, and loses what comes meanwhile, with and without the library.
     */
    private static void signal(DaemonProcess daemon, int signal, String answer) {
        int answers = answers(daemon, answer);
        Await.until(answer, () -> {
            boolean answered = answers(daemon, answer) > answers;
            if (!answered && waits(daemon)) {
                kill(daemon, signal);
            }
            return answered;
        });
    }

    private static int answers(DaemonProcess daemon, String answer) {
        return daemon.log().split(Pattern.quote(answer), -1).length - 1;
    }

    private static boolean waits(DaemonProcess daemon) {
        return DaemonProcess.read(Path.of("/proc/" + daemon.pid() + "/environ"))
                .contains("HAPROXY_MWORKER_WAIT_ONLY=1");
    }

    private static void kill(DaemonProcess daemon, int signal) {
        try {
            TestProcesses.kill(daemon.pid(), signal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
