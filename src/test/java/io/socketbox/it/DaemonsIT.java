package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestProcesses;
import io.socketbox.testing.Await;
import io.socketbox.testing.Scene;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Unmodified daemons of Debian behind the real server, under the preload library: transactions over both families with
 * the addresses that the daemon logs, 2,000 connections with none lost, and a clean stop that removes the socket file.
 */
class DaemonsIT {
    private static final int BURST = 2000;
    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;
    private static final int SIGQUIT = 3;
    private static final int SIGUSR2 = 12;
    private static final int SIGTERM = 15;
    private static final String GET = "GET /hello HTTP/1.0\r\n\r\n";

    private final Scene scene = new Scene();
    private final Path socket = scene.path("daemon");

    /** Everything goes to the daemon, on this port. */
    private List<InetSocketAddress> serve(int port) throws IOException {
        // Daemons that give up root need to reach their files.
        Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        scene.server("rule-set:0\ndefault jump-unix:@daemon\n", "-p", Integer.toString(port));
        return List.of(Scene.at("2001:db8::7", port), Scene.at("192.0.2.7", port));
    }

    @AfterEach
    void removeEverything() {
        scene.close();
    }

    private Exchange exchange(InetSocketAddress server, String request, String wanted) {
        Exchange exchange = Exchange.with(scene.netns(), server, request, wanted);
        assertTrue(exchange.answer().contains(wanted), exchange::toString);
        return exchange;
    }

    private void assertNoneLost(List<InetSocketAddress> servers, int count, String request, String wanted)
            throws InterruptedException {
        assertEquals(List.of(), Exchange.burst(scene.netns(), servers, count, request, wanted));
    }

    private void assertCleanStop(DaemonProcess daemon, int signal, int status) throws Exception {
        assertEquals(status, daemon.end(signal), daemon::log);
        awaitNoSocket(); // The last to close it may be a child that ends a little later.
    }

    private void awaitNoSocket() {
        Await.until(socket + " is removed", () -> !Files.exists(socket));
    }

    /** An IPv6 address as inet_ntop() prints it, for the two that clients have here. */
    private static String client(Exchange exchange, boolean mapped) {
        String address = exchange.client().getAddress().getHostAddress();
        if (address.contains(":")) {
            assertEquals("0:0:0:0:0:0:0:1", address);
            return "::1";
        }
        return mapped ? "::ffff:" + address : address;
    }

    @Test
    void pythonServesOverIpv4Only() throws Exception {
        List<InetSocketAddress> servers = serve(8000);
        Files.writeString(scene.path("hello"), "hello");
        DaemonProcess daemon = DaemonProcess.start(
                scene,
                "python",
                "0.0.0.0:8000",
                socket,
                List.of("/usr/bin/python3", "-m", "http.server", "--bind", "0.0.0.0", "8000"));
        exchange(servers.get(0), GET, "\r\n\r\nhello");
        String four = client(exchange(servers.get(1), GET, "\r\n\r\nhello"), false);
        exchange(servers.get(0), GET, "\r\n\r\nhello");
        List<String> peers = daemon.log()
                .lines()
                .filter(line -> line.contains("GET /hello"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
        assertEquals(3, peers.size(), daemon::log);
        assertTrue(peers.get(0).matches("2[45][0-9]\\..*"), daemon::log);
        assertEquals(peers.get(0), peers.get(2));
        assertEquals(four, peers.get(1));
        assertNoneLost(servers, BURST, GET, "\r\n\r\nhello");
        assertCleanStop(daemon, SIGINT, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"thread", "prefork", "asyncio"})
    void pythonServesInEveryStyle(String style) throws Exception {
        List<InetSocketAddress> servers = serve(7);
        Path program = Path.of("src/test/python/echo.py").toAbsolutePath();
        DaemonProcess daemon = DaemonProcess.start(
                scene, "python", "[::]:7", socket, List.of("/usr/bin/python3", program.toString(), style));
        for (InetSocketAddress server : servers) {
            Exchange exchange = exchange(server, "who\n", "\n");
            String local = server.getPort() == 7 && server.equals(servers.get(0)) ? "2001:db8::7" : "::ffff:192.0.2.7";
            assertEquals(
                    client(exchange, true) + " " + exchange.client().getPort() + " " + local + " 7\n",
                    exchange.answer());
        }
        assertNoneLost(servers, BURST, "who\n", " 7\n");
        assertCleanStop(daemon, SIGTERM, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "reuseport"})
    void nginxServesReloadsAndUpgrades(String listenOption) throws Exception {
        List<InetSocketAddress> servers = serve(80);
        Path config = nginxConfig(listenOption);
        DaemonProcess launcher = DaemonProcess.start(
                scene,
                "nginx",
                "*:80",
                socket,
                List.of("/usr/sbin/nginx", "-e", scene.path("nginx.err").toString(), "-c", config.toString()));
        Path pidFile = scene.path("nginx.pid");
        int first = awaitPid(pidFile, -1);
        scene.with((AutoCloseable) () -> killNginx(first));
        assertNginxLogs(servers, launcher);
        assertNoneLost(servers, BURST, GET, "\r\n\r\nhello");

        TestProcesses.kill(first, SIGHUP);
        assertNoneLost(servers, BURST / 4, GET, "\r\n\r\nhello");

        TestProcesses.kill(first, SIGUSR2);
        int second = awaitPid(pidFile, first);
        scene.with((AutoCloseable) () -> killNginx(second));
        TestProcesses.kill(first, SIGQUIT);
        assertNoneLost(servers, BURST / 4, GET, "\r\n\r\nhello");
        awaitEnd(first);
        assertTrue(Files.exists(socket));
        assertNginxLogs(servers, launcher);
        TestProcesses.kill(second, SIGQUIT);
        awaitEnd(second);
        awaitNoSocket();
    }

    private Path nginxConfig(String listenOption) throws IOException {
        return Files.writeString(scene.path("nginx.conf"), """
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
                """.replace("@", socket.getParent() + "/")
                .replace("OPTION", listenOption));
    }

    private void assertNginxLogs(List<InetSocketAddress> servers, DaemonProcess daemon) {
        for (InetSocketAddress server : servers) {
            Exchange exchange = exchange(server, GET, "\r\n\r\nhello");
            String local = server.equals(servers.get(0)) ? "2001:db8::7" : "::ffff:192.0.2.7";
            String line = client(exchange, true) + " " + exchange.client().getPort() + " " + local + " 80\n";
            Await.until(
                    "nginx logs " + line + daemon.log(),
                    () -> DaemonProcess.read(scene.path("nginx.log")).endsWith(line));
        }
    }

    /** The process that the file names, when that is another than {@code before}. */
    private static int awaitPid(Path file, int before) {
        int[] found = {-1};
        Await.until(file + " names a new process", () -> {
            try {
                found[0] = Integer.parseInt(Files.readString(file).strip());
            } catch (IOException | NumberFormatException e) {
                return false; // It is renamed and written anew.
            }
            return found[0] > 0 && found[0] != before;
        });
        return found[0];
    }

    private static void awaitEnd(int pid) {
        Await.until(pid + " ends", () -> ProcessHandle.of(pid).isEmpty());
    }

    /** After a failure: a master, and its children: workers, or another master whose pid was never learnt. */
    private static void killNginx(int pid) {
        ProcessHandle.of(pid).ifPresent(master -> {
            List<ProcessHandle> children = master.descendants().toList();
            master.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        });
    }

    @Test
    void redisServes() throws Exception {
        List<InetSocketAddress> servers = serve(6379);
        DaemonProcess daemon = DaemonProcess.start(
                scene,
                "redis",
                "*:6379",
                socket,
                List.of(
                        "/usr/bin/redis-server",
                        "--port",
                        "6379",
                        "--bind",
                        "* -::*",
                        "--protected-mode",
                        "no",
                        "--save",
                        "",
                        "--dir",
                        socket.getParent().toString()));
        for (InetSocketAddress server : servers) {
            Exchange exchange = exchange(server, "CLIENT LIST\r\nQUIT\r\n", "+OK");
            Matcher seen = Pattern.compile(" addr=(\\S+) laddr=(\\S+) ").matcher(exchange.answer());
            assertTrue(seen.find(), exchange::answer);
            String address = client(exchange, true);
            assertEquals("[" + address + "]:" + exchange.client().getPort(), bracketed(seen.group(1)));
            String local = server.equals(servers.get(0)) ? "2001:db8::7" : "::ffff:192.0.2.7";
            assertEquals("[" + local + "]:6379", bracketed(seen.group(2)));
        }
        assertNoneLost(servers, BURST, "PING\r\nQUIT\r\n", "+PONG\r\n+OK\r\n");
        assertCleanStop(daemon, SIGTERM, 0);
    }

    private static String bracketed(String name) {
        return name.startsWith("[") ? name : "[" + name.replaceFirst(":(\\d+)$", "]:$1");
    }

    @Test
    void sshLetsAKeyIn() throws Exception {
        List<InetSocketAddress> servers = serve(22);
        for (String key : List.of("host", "user")) {
            Command.Result made = Command.in(
                            socket.getParent(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
                    .run();
            assertEquals(0, made.exit(), made::output);
        }
        Files.createDirectories(Path.of("/run/sshd"));
        Path config = Files.writeString(scene.path("sshd_config"), """
                HostKey @host
                AuthorizedKeysFile @user.pub
                StrictModes no
                PidFile none
                UsePAM no
                MaxStartups 2000
                """.replace("@", socket.getParent() + "/"));
        DaemonProcess daemon = DaemonProcess.start(
                scene, "sshd", "*:22", socket, List.of("/usr/sbin/sshd", "-D", "-e", "-f", config.toString()));
        for (InetSocketAddress server : servers) {
            String to = server.equals(servers.get(0)) ? "2001:db8::7" : "192.0.2.7";
            Command.Result login = Command.in(
                            socket.getParent(),
                            "ip",
                            "netns",
                            "exec",
                            scene.netns().toString())
                    .plus("ssh", "-F", "none", "-i", "user", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes")
                    .plus("-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "root@" + to)
                    .plus("echo $SSH_CONNECTION; env | grep -c -e PRELOAD -e SOCKETBOX -e SKBOX")
                    .run();
            assertEquals(1, login.exit(), () -> login.output() + daemon.log());
            String from = to.contains(":") ? "::1" : to;
            assertTrue(
                    login.output().matches(Pattern.quote(from) + " \\d+ " + Pattern.quote(to) + " 22\n0\n"),
                    () -> login.output() + daemon.log());
        }
        assertNoneLost(servers, BURST, "SSH-2.0-test\r\n", "SSH-2.0-OpenSSH");
        assertCleanStop(daemon, SIGTERM, 0);
    }
}
