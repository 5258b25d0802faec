package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sockets are made, and what is said about those that cannot be had. */
class ListenIT {
    @TempDir
    Path folder;

    @Test
    void severalListenersAreAllNamedWithTheirPorts() throws IOException {
        try (ServerRun run = ServerRun.of("-S" + folder + "/r", "-l::1", "-l127.0.0.1", "-p0", "-w2")) {
            run.awaitPort();
            assertTrue(
                    Pattern.compile("listening on \\[::1]:[0-9]+, 127\\.0\\.0\\.1:[0-9]+; 0 rules, 1 destination\n")
                            .matcher(run.output())
                            .find(),
                    run.output());
        }
    }

    @Test
    void reusePortGivesEachWorkerASocketOnTheSamePort() throws IOException {
        try (ServerRun run = ServerRun.of("-S" + folder + "/r", "-l::1", "-p0", "-rw3")) {
            String port = String.format("%04X", run.awaitPort());
            long sockets = java.nio.file.Files.readAllLines(Path.of("/proc/" + run.pid() + "/net/tcp6")).stream()
                    .filter(line -> line.matches(".*:" + port + " [0:]+ 0A .*"))
                    .count();
            assertEquals(3, sockets);
        }
    }

    @Test
    void descriptorLimitIsRaisedAndSaid() throws IOException {
        try (ServerRun run = new ServerRun.Start()
                .wrapper("sh", "-c", "ulimit -Sn 100; ulimit -Hn 600; exec \"$@\"", "sh")
                .run("-S" + folder + "/r", "-l::1", "-p0")) {
            run.awaitPort();
            assertTrue(run.output().contains("raised the limit of open descriptors from 100 to 600"), run.output());
        }
    }

    @Test
    void portInUseIsExplained() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            String port = "" + other.getLocalPort();
            refused(
                    "bind [::1]:" + port + ": EADDRINUSE (Address already in use); another socket has it",
                    "-l",
                    "::1",
                    "-p",
                    port);
        }
    }

    @Test
    void addressThatIsNotThereIsExplainedAndCanBeBoundAnyway() throws IOException {
        refused(
                "bind [2001:db8::5]:8080: EADDRNOTAVAIL (Cannot assign requested address); this machine does not have",
                "-l",
                "2001:db8::5",
                "-p",
                "8080");
        try (ServerRun run = ServerRun.of("-FS" + folder + "/r", "-l2001:db8::5", "-p0")) {
            run.awaitPort();
        }
    }

    @Test
    void lowPortWithoutCapabilityIsExplained() throws IOException {
        try (ServerRun run = new ServerRun.Start()
                .wrapper("setpriv", "--bounding-set", "-net_bind_service")
                .run("-S" + folder + "/r", "-l::1", "-p", "81")) {
            assertEquals(1, run.awaitExit());
            assertTrue(
                    run.output()
                            .matches("socketbox: bind \\[::1]:81: EACCES \\(Permission denied\\); ports below"
                                    + " ip_unprivileged_port_start \\([0-9]+\\) need CAP_NET_BIND_SERVICE.*\n"),
                    run.output());
        }
    }

    @Test
    void addressesThatAreNoneAreExplained() throws IOException {
        refused("-l example.org: ", "-l", "example.org");
        refused("-l 127.0.0.1:80: write the address alone, and its port with -p", "-l", "127.0.0.1:80");
        refused("-l [::1]: write the address alone, and its port with -p", "-l", "[::1]");
        refused("-l fe80::1%nodev0: if_nametoindex nodev0: ENODEV", "-l", "fe80::1%nodev0");
        refused(
                "bind [fe80::1]:80: EINVAL (Invalid argument); a link-local address needs its interface",
                "-l",
                "fe80::1");
    }

    @Test
    void inheritedSocketIsServedWhetherItListensAlreadyOrNot() throws IOException {
        for (boolean listening : List.of(true, false)) {
            int fd = TestSockets.bindTcp(new InetSocketAddress(InetAddress.getByName("::1"), 0));
            if (listening) {
                TestSockets.listen(fd, 5);
            }
            int port = TestSockets.local(fd).address().getPort();
            try (ServerRun run = new ServerRun.Start().inherit(fd).run("-s", "3", "-p", "99", "-S" + folder + "/r")) {
                assertEquals(port, run.awaitPort());
                assertTrue(run.output().contains("-l and -p have no effect with -s"), run.output());
                new Socket("::1", port).close();
            } finally {
                TestSockets.close(fd);
            }
        }
    }

    @Test
    void inheritedDescriptorThatCannotBeListenedOnIsExplained() throws IOException {
        refused("-s 9: getsockopt SO_TYPE on descriptor 9: EBADF (Bad file descriptor); no such descriptor", "-s", "9");
        refused("-s 1: getsockopt SO_TYPE on descriptor 1: ENOTSOCK", "-s", "1");
        int datagram = TestSockets.socket(TestSockets.AF_INET6, TestSockets.SOCK_DGRAM);
        refusedWith(datagram, "-s 3: the socket is a datagram socket (SO_TYPE 2), not a stream (TCP) socket");
        int unix = TestSockets.bindUnix(TestSockets.SOCK_STREAM, folder.resolve("unix"));
        refusedWith(unix, "-s 3: the socket is of family 1 (AF_UNIX) (SO_DOMAIN)");
        int unbound = TestSockets.socket(TestSockets.AF_INET6, TestSockets.SOCK_STREAM);
        refusedWith(unbound, "-s 3: the socket is neither listening nor bound to a port");
        int listening = TestSockets.bindTcp(new InetSocketAddress(InetAddress.getByName("::1"), 0));
        TestSockets.listen(listening, 1);
        try (Socket client =
                new Socket("::1", TestSockets.local(listening).address().getPort())) {
            assertTrue(client.isConnected());
            refusedWith(TestSockets.accept(listening), "-s 3: the socket is a connection from [::1]:");
        }
        TestSockets.close(listening);
    }

    @Test
    void inheritedDestinationMustBeAUnixSocket() throws IOException {
        refused("-i 1: getsockopt SO_DOMAIN on descriptor 1: ENOTSOCK", "-l", "::1", "-p0", "-i", "1");
        int tcp = TestSockets.socket(TestSockets.AF_INET6, TestSockets.SOCK_STREAM);
        try (ServerRun run = new ServerRun.Start().inherit(tcp).run("-l::1", "-p0", "-i3")) {
            assertEquals(1, run.awaitExit());
            assertTrue(run.output().startsWith("socketbox: -i 3: the socket is of family 10"), run.output());
        }
        TestSockets.close(tcp);
    }

    private void refused(String message, String... arguments) throws IOException {
        try (ServerRun run = ServerRun.of(arguments)) {
            assertEquals(1, run.awaitExit(), run.output());
            assertTrue(run.output().startsWith("socketbox: " + message), run.output());
            assertEquals(1, run.output().lines().count(), run.output());
        }
    }

    private static void refusedWith(int fd, String message) throws IOException {
        try (ServerRun run = new ServerRun.Start().inherit(fd).run("-s", "3")) {
            assertEquals(1, run.awaitExit(), run.output());
            assertTrue(run.output().startsWith("socketbox: " + message), run.output());
        } finally {
            TestSockets.close(fd);
        }
    }
}
