package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.FileCalls;
import io.socketbox.linux.FileStatus;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.RightsMessage;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control socket of a server that runs as a process of its own, and the client's side of it. */
class ControlIT {
    private static final String NOBODY = "65534";

    @TempDir
    Path folder;

    private String path;

    @BeforeEach
    void openFolder() throws IOException {
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        path = folder.resolve("control").toString();
    }

    private ServerRun server(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-p0", "-l", "::1", "-S", folder + "/nobody"));
        arguments.addAll(List.of("--control", path));
        arguments.addAll(List.of(more));
        return ServerRun.of(arguments.toArray(String[]::new));
    }

    private static void awaitPing(ServerRun server, String path) throws IOException {
        server.awaitPort();
        try (ServerRun ping = ServerRun.of("--ping", "--control", path)) {
            assertEquals(0, ping.awaitExit(), ping.output());
            assertTrue(ping.output().endsWith(", process " + server.pid() + "\n"), ping.output());
        }
    }

    @Test
    void answersAndRemovesItsFileAtTheEnd() throws IOException {
        try (ServerRun server = server()) {
            awaitPing(server, path);
            FileStatus file = FileCalls.stat(path);
            assertEquals(0600, file.permissions());
            server.signal(ServerRun.SIGTERM);
            assertEquals(0, server.awaitExit(), server.output());
            assertFalse(Files.exists(Path.of(path)));
        }
    }

    @Test
    void belongsToTheUserThatTheServerBecomesAndWorksInAnotherRoot() throws IOException {
        try (ServerRun server = server("-u", NOBODY, "-g", NOBODY, "-x", folder.toString())) {
            awaitPing(server, path);
            FileStatus file = FileCalls.stat(path);
            assertEquals(65534, file.uid());
            assertEquals(65534, file.gid());
            assertEquals(0600, file.permissions());
        }
    }

    @Test
    void otherUsersAreNotAnsweredWhateverTheFileAllows() throws IOException {
        try (ServerRun server = server()) {
            awaitPing(server, path);
            FileCalls.chmod(path, 0666);
            String client = "use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new('" + path
                    + "') or die $!; print $s \"ping\\n\"; $s->flush; print <$s>;";
            Process other = new ProcessBuilder("setpriv", "--reuid=" + NOBODY, "--clear-groups", "perl", "-e", client)
                    .redirectErrorStream(true)
                    .start();
            String answer = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.contains("error: only the server's own user and root may ask"), answer);
        }
    }

    @Test
    void clientsThatSayNothingOrTooMuchHoldUpNobody() throws IOException {
        try (ServerRun server = server()) {
            server.awaitPort();
            List<Integer> idle = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                idle.add(connect());
            }
            awaitPing(server, path);
            for (int fd : idle) {
                assertTrue(readAll(fd).startsWith("error: no request: "));
            }
            int flood = connect();
            Sockets.send(flood, "x".repeat(1025).getBytes(StandardCharsets.US_ASCII));
            assertTrue(readAll(flood).startsWith("error: no request: "));
            int unknown = connect();
            Sockets.send(unknown, "nonsense\n".getBytes(StandardCharsets.US_ASCII));
            String answer = readAll(unknown);
            assertTrue(answer.startsWith("error: this server") && answer.contains("ping"), answer);
            // With the newline, a line of the greatest length.
            int longest = connect();
            Sockets.send(longest, ("ping" + " ".repeat(1019) + "x\n").getBytes(StandardCharsets.US_ASCII));
            assertTrue(readAll(longest).startsWith("ok\nsocketbox "));
        }
    }

    @Test
    void descriptorsThatNobodyAskedForAreNotKept() throws IOException {
        try (ServerRun server = server()) {
            awaitPing(server, path);
            int before = descriptors(server);
            int[] pair = TestSockets.socketpair(TestSockets.SOCK_STREAM);
            for (int i = 0; i < 20; i++) {
                int fd = connect();
                RightsMessage.send(fd, "ping\n".getBytes(StandardCharsets.US_ASCII), pair[0]);
                assertTrue(readAll(fd).startsWith("ok\nsocketbox "));
            }
            TestSockets.close(pair[0]);
            TestSockets.close(pair[1]);
            ServerRun.await(() -> descriptors(server) <= before, () -> descriptors(server) + " of " + before);
        }
    }

    @Test
    void pathInUseIsRefusedAndAnAbandonedOneReplaced() throws IOException {
        try (ServerRun first = server()) {
            awaitPing(first, path);
            try (ServerRun second = server()) {
                assertEquals(1, second.awaitExit(), second.output());
                assertTrue(second.output().contains("EADDRINUSE")
                        && second.output().contains("another server answers"));
            }
            awaitPing(first, path);
        }
        assertTrue(Files.exists(Path.of(path)), "killed, and so left behind");
        try (ServerRun next = server()) {
            awaitPing(next, path);
        }
    }

    @Test
    void nobodyThereIsAnErrorOfTheClient() throws IOException {
        try (ServerRun ping = ServerRun.of("--ping", "--control", path)) {
            assertEquals(1, ping.awaitExit());
            assertTrue(
                    ping.output().matches("socketbox: [^\n]*ENOENT[^\n]*name its control socket[^\n]*\n"),
                    ping.output());
        }
    }

    private int connect() {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.STREAM);
        Sockets.connectUnix(fd, path);
        return fd;
    }

    /** Reads to the end, or to the reset that a server causes which did not read all, and closes. */
    private static String readAll(int fd) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (byte[] bytes = Sockets.receive(fd, 4096); bytes.length > 0; bytes = Sockets.receive(fd, 4096)) {
                text.append(new String(bytes, StandardCharsets.UTF_8));
            }
        } catch (LinuxException reset) {
            assertTrue(reset.getMessage().contains("ECONNRESET"), reset.getMessage());
        }
        TestSockets.close(fd);
        return text.toString();
    }

    private static int descriptors(ServerRun server) {
        try (var open = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
