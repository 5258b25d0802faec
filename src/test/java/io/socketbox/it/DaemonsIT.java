package io.socketbox.it;

import static io.socketbox.it.DaemonStage.BURST;
import static io.socketbox.it.DaemonStage.GET;
import static io.socketbox.it.DaemonStage.HELLO;
import static io.socketbox.it.DaemonStage.SIGHUP;
import static io.socketbox.it.DaemonStage.SIGINT;
import static io.socketbox.it.DaemonStage.SIGTERM;
import static io.socketbox.it.DaemonStage.awaitLog;
import static io.socketbox.it.DaemonStage.client;
import static io.socketbox.it.DaemonStage.local;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestProcesses;
import io.socketbox.testing.Await;
import io.socketbox.testing.Scene;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Unmodified daemons of Debian under the preload library, behind the real server: client, server and daemon are in
 * three network namespaces. Transactions over both families with the addresses that the daemon logs, 2,000 connections
 * with none lost, and a clean stop that removes the socket file.
 */
class DaemonsIT {
    private static final int NOBODY = 65534;
    private static final String CLIENT_BANNER = "SSH-2.0-test\r\n";
    private static final String SERVER_BANNER = "SSH-2.0-OpenSSH";

    private final DaemonStage stage = new DaemonStage();

    @AfterEach
    void removeEverything() {
        stage.close();
    }

    @Test
    void pythonServesOverIpv4Only() throws Exception {
        stage.serve(8000);
        Files.writeString(stage.path("hello"), "hello");
        DaemonProcess daemon =
                stage.daemon("0.0.0.0:8000", "/usr/bin/python3", "-m", "http.server", "--bind", "0.0.0.0", "8000");
        stage.exchange(stage.servers().get(0), GET, HELLO);
        stage.exchange(stage.servers().get(1), GET, HELLO);
        stage.exchange(stage.servers().get(0), GET, HELLO);
        List<String> peers = daemon.log()
                .lines()
                .filter(line -> line.contains("GET /hello"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
        assertEquals(3, peers.size(), daemon::log);
        assertTrue(peers.get(0).matches("2[45][0-9]\\..*"), daemon::log);
        assertEquals(peers.get(0), peers.get(2));
        assertEquals(Scene.CLIENT_IPV4, peers.get(1));
        stage.assertNoneLost(BURST, GET, HELLO);
        stage.assertCleanStop(daemon, SIGINT, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"thread", "prefork", "asyncio"})
    void pythonServesInEveryStyle(String style) throws Exception {
        stage.serve(7);
        Path program = Path.of("src/test/python/echo.py").toAbsolutePath();
        DaemonProcess daemon = stage.daemon("[::]:7", "/usr/bin/python3", program.toString(), style);
        for (InetSocketAddress server : stage.servers()) {
            Exchange exchange = stage.exchange(server, "who\n", "\n");
            assertEquals(
                    client(exchange) + " " + exchange.client().getPort() + " " + local(server) + " 7\n",
                    exchange.answer());
        }
        stage.assertNoneLost(BURST, "who\n", " 7\n");
        stage.assertCleanStop(daemon, SIGTERM, 0);
    }

    @Test
    void busyboxServesAsAnotherUser() throws Exception {
        stage.serve(80);
        Path www = Files.createDirectory(stage.path("www"));
        Files.writeString(www.resolve("hello"), "hello");
        String[] words = {"busybox", "httpd", "-f", "-vv", "-p", "80", "-u", "nobody:nogroup", "-h", www.toString()};
        DaemonProcess daemon = stage.daemon("*:80", words);
        for (InetSocketAddress server : stage.servers()) {
            Exchange exchange = stage.exchange(server, GET, HELLO);
            awaitLog(daemon, "[" + client(exchange) + "]:" + exchange.client().getPort() + ": url:/hello");
        }
        assertEquals(NOBODY, DaemonStage.userOf(daemon.pid()));
        stage.assertNoneLost(BURST, GET, HELLO);
        // It leaves SIGTERM to the kernel, so its socket file stays, and the next one replaces it.
        assertEquals(128 + SIGTERM, daemon.end(SIGTERM), daemon::log);
        assertTrue(Files.exists(stage.socket()));
        DaemonProcess next = stage.daemon("*:80", words);
        stage.assertNoneLost(BURST / 4, GET, HELLO);
        assertEquals(128 + SIGTERM, next.end(SIGTERM), next::log);
    }

    @Test
    void redisServes() throws Exception {
        stage.serve(6379);
        DaemonProcess daemon = stage.daemon(
                "*:6379",
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
                stage.socket().getParent().toString());
        for (InetSocketAddress server : stage.servers()) {
            Exchange exchange = stage.exchange(server, "CLIENT LIST\r\nQUIT\r\n", "+OK");
            Matcher seen = Pattern.compile(" addr=(\\S+) laddr=(\\S+) ").matcher(exchange.answer());
            assertTrue(seen.find(), exchange::answer);
            assertEquals("[" + client(exchange) + "]:" + exchange.client().getPort(), bracketed(seen.group(1)));
            assertEquals("[" + local(server) + "]:6379", bracketed(seen.group(2)));
        }
        stage.assertNoneLost(BURST, "PING\r\nQUIT\r\n", "+PONG\r\n+OK\r\n");
        stage.assertCleanStop(daemon, SIGTERM, 0);
    }

    /** It waits for connections with epoll before it binds its second address. */
    @Test
    void memcachedServes() throws Exception {
        stage.serve(11211);
        String[] words = {"/usr/bin/memcached", "-u", "root", "-l", "0.0.0.0,[::]", "-U", "0", "-c", "4000"};
        DaemonProcess daemon = stage.daemon("*:11211", words);
        for (InetSocketAddress server : stage.servers()) {
            Exchange exchange = stage.exchange(server, "stats conns\r\n", "END\r\n");
            String peer =
                    ":addr tcp6:[" + client(exchange) + "]:" + exchange.client().getPort() + "\r\n";
            assertTrue(exchange.answer().contains(peer), () -> peer + exchange);
            String local = ":listen_addr tcp6:[" + local(server) + "]:11211\r\n";
            assertTrue(exchange.answer().contains(local), () -> local + exchange);
        }
        stage.assertNoneLost(BURST, "version\r\nquit\r\n", "VERSION ");
        stage.assertCleanStop(daemon, SIGTERM, 0);
        assertEquals("", daemon.log(), "it accepted where nothing was");
    }

    @Test
    void lighttpdServesAsAnotherUser() throws Exception {
        stage.serve(80);
        Files.writeString(stage.path("hello"), "hello");
        Path access = Files.createFile(stage.path("access")); // It opens its log as that user.
        Files.setPosixFilePermissions(access, PosixFilePermissions.fromString("rw-rw-rw-"));
        Path config = Files.writeString(stage.path("lighttpd.conf"), """
                server.document-root = "@"
                server.bind = "[::]"
                server.port = 80
                server.username = "nobody"
                server.groupname = "nogroup"
                server.modules = ("mod_accesslog")
                accesslog.filename = "@/access"
                accesslog.format = "%h %{remote}p"
                """.replace(
                        "@", stage.socket().getParent().toString()));
        String[] words = {"/usr/sbin/lighttpd", "-D", "-f", config.toString()};
        DaemonProcess daemon = stage.daemon("*:80", words);
        for (InetSocketAddress server : stage.servers()) {
            Exchange exchange = stage.exchange(server, GET, HELLO);
            String line = client(exchange) + " " + exchange.client().getPort() + "\n";
            Await.until(
                    "lighttpd logs " + line, () -> DaemonProcess.read(access).endsWith(line));
        }
        assertEquals(NOBODY, DaemonStage.userOf(daemon.pid()));
        stage.assertNoneLost(BURST, GET, HELLO);
        assertEquals(0, daemon.end(SIGINT), daemon::log); // By SIGTERM it ends with 1 while a client is there.
        // It may not touch the file that root has made; the next one replaces it.
        assertTrue(Files.exists(stage.socket()));
        DaemonProcess next = stage.daemon("*:80", words);
        stage.assertNoneLost(BURST / 4, GET, HELLO);
        assertEquals(0, next.end(SIGINT), next::log);
    }

    private static String bracketed(String name) {
        return name.startsWith("[") ? name : "[" + name.replaceFirst(":(\\d+)$", "]:$1");
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES) // Each connection makes sshd execute itself.
    void sshLetsAKeyIn() throws Exception {
        stage.serve(22);
        DaemonProcess daemon = sshd();
        for (InetSocketAddress server : stage.servers()) {
            String to = local(server).replace("::ffff:", "");
            Command.Result login = Command.in(
                            stage.socket().getParent(),
                            "ip",
                            "netns",
                            "exec",
                            stage.scene().clients().toString())
                    .plus("ssh", "-F", "none", "-i", "user", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes")
                    .plus("-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "root@" + to)
                    .plus("echo $SSH_CONNECTION; env | grep -c -e PRELOAD -e SOCKETBOX -e SKBOX")
                    .run();
            assertEquals(1, login.exit(), () -> login.output() + daemon.log());
            String from = to.contains(":") ? Scene.CLIENT_IPV6 : Scene.CLIENT_IPV4;
            assertTrue(
                    login.output().matches(Pattern.quote(from) + " \\d+ " + Pattern.quote(to) + " 22\n0\n"),
                    () -> login.output() + daemon.log());
        }
        stage.assertNoneLost(BURST, CLIENT_BANNER, SERVER_BANNER);
        stage.assertCleanStop(daemon, SIGTERM, 0);
    }

    @Test
    void sshExecutesItselfToReload() throws Exception {
        stage.serve(22);
        DaemonProcess daemon = sshd();
        stage.exchange(stage.servers().get(0), CLIENT_BANNER, SERVER_BANNER);
        for (int i = 1; i <= 2; i++) {
            TestProcesses.kill(daemon.pid(), SIGHUP); // It closes its listeners first.
            stage.assertNoneLost(50, CLIENT_BANNER, SERVER_BANNER);
            int reloads = i;
            Await.until(
                    "reload " + i + " in " + daemon.log(),
                    () -> daemon.log().split("Server listening on", -1).length > 2 * reloads + 2);
        }
        stage.assertCleanStop(daemon, SIGTERM, 0);
    }

    private DaemonProcess sshd() throws Exception {
        for (String key : List.of("host", "user")) {
            Command.Result made = Command.in(
                            stage.socket().getParent(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
                    .run();
            assertEquals(0, made.exit(), made::output);
        }
        Files.createDirectories(Path.of("/run/sshd"));
        Path config = Files.writeString(
                stage.path("sshd_config"), """
                HostKey @host
                AuthorizedKeysFile @user.pub
                StrictModes no
                PidFile none
                UsePAM no
                MaxStartups 2000
                """.replace("@", stage.socket().getParent() + "/"));
        // From 9.8 on it keeps away for a while who leaves before having logged in.
        List<String> lenient = List.of("-o", "PerSourcePenalties=no");
        List<String> words = new ArrayList<>(List.of("/usr/sbin/sshd", "-f", config.toString()));
        if (Command.in(stage.socket().getParent(), words.toArray(String[]::new))
                        .plus("-t")
                        .plus(lenient.toArray(String[]::new))
                        .run()
                        .exit()
                == 0) {
            words.addAll(lenient);
        }
        words.addAll(List.of("-D", "-e"));
        return stage.daemon("*:22", words.toArray(String[]::new));
    }
}
