package io.socketbox.it;

import static io.socketbox.it.DaemonStage.BURST;
import static io.socketbox.it.DaemonStage.GET;
import static io.socketbox.it.DaemonStage.HELLO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestProcesses;
import io.socketbox.testing.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * nginx behind the real server, under the preload library, with two workers of another user: as in {@link DaemonsIT}, and
 * reload and binary upgrade under load.
 */
class NginxIT {
    private final DaemonStage stage = new DaemonStage();

    @AfterEach
    void removeEverything() {
        stage.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "reuseport"})
    void servesReloadsAndUpgrades(String listenOption) throws Exception {
        stage.serve(80);
        Path config = config(listenOption);
        DaemonProcess launcher = stage.daemon(
                "*:80", "/usr/sbin/nginx", "-e", stage.path("nginx.err").toString(), "-c", config.toString());
        Path pidFile = stage.path("nginx.pid");
        int first = DaemonStage.awaitPid(pidFile, -1);
        stage.scene().with((AutoCloseable) () -> kill(first));
        assertLogs(launcher);
        assertWorkersAreNobody(first);
        stage.assertNoneLost(BURST, GET, HELLO);

        TestProcesses.kill(first, DaemonStage.SIGHUP);
        stage.assertNoneLost(BURST / 4, GET, HELLO);

        TestProcesses.kill(first, DaemonStage.SIGUSR2);
        int second = DaemonStage.awaitPid(pidFile, first);
        stage.scene().with((AutoCloseable) () -> kill(second));
        TestProcesses.kill(first, DaemonStage.SIGQUIT);
        stage.assertNoneLost(BURST / 4, GET, HELLO);
        DaemonStage.awaitEnd(first);
        assertTrue(Files.exists(stage.socket()));
        assertLogs(launcher);
        TestProcesses.kill(second, DaemonStage.SIGQUIT);
        DaemonStage.awaitEnd(second);
        stage.awaitNoSocket();
    }

    private Path config(String listenOption) throws IOException {
        return Files.writeString(stage.path("nginx.conf"), """
                user nobody nogroup;
                worker_processes 2;
                pid @nginx.pid;
                error_log @nginx.err;
                events { }
                http {
                    log_format addresses '$remote_addr $remote_port $server_addr $server_port';
                    access_log @nginx.log addresses;
                    client_body_temp_path @t1; proxy_temp_path @t2; fastcgi_temp_path @t3; uwsgi_temp_path @t4;
                    scgi_temp_path @t5;
                    server {
                        listen 80 OPTION;
                        listen [::]:80 OPTION;
                        location / { return 200 "hello"; }
                    }
                }
                """.replace(
                "@", stage.socket().getParent() + "/").replace("OPTION", listenOption));
    }

    private void assertLogs(DaemonProcess daemon) {
        for (InetSocketAddress server : stage.servers()) {
            Exchange exchange = stage.exchange(server, GET, HELLO);
            String line = DaemonStage.client(exchange) + " " + exchange.client().getPort() + " "
                    + DaemonStage.local(server) + " 80\n";
            Await.until(
                    "nginx logs " + line + daemon.log(),
                    () -> DaemonProcess.read(stage.path("nginx.log")).endsWith(line));
        }
    }

    private static void assertWorkersAreNobody(int master) throws IOException {
        List<ProcessHandle> workers =
                ProcessHandle.of(master).orElseThrow().children().toList();
        assertEquals(2, workers.size());
        for (ProcessHandle worker : workers) {
            assertEquals(65534, DaemonStage.userOf(worker.pid()));
        }
    }

    /** After a failure: a master, and its children: workers, or another master whose pid was never learnt. */
    private static void kill(int pid) {
        ProcessHandle.of(pid).ifPresent(master -> {
            List<ProcessHandle> children = master.descendants().toList();
            master.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        });
    }
}
