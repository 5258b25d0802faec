package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import io.socketbox.testing.Answer;
import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Netns;
import io.socketbox.testing.QueuedClients;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Descriptors that come from outside.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>-s</td><td>a socket that is only bound, one that listens, and one of family AF_INET, which matches as
 * v4-mapped; clients that were there before the server leave it the descriptors that its start still
 * needs</td></tr>
 * <tr><td>-e</td><td>the new program gets SKBOX_LISTEN_FD, that socket, what the server itself was given, and none
 * of the
 * virtual machine's descriptors; a second socketbox with -s serves it; a program that is not there: 127</td></tr>
 * <tr><td>-i</td><td>datagram, stream and seqpacket pairs; exit 11 when the peer has gone</td></tr>
 * <tr><td>jump-fd</td><td>the same three; when the peer has gone, connections are closed and the server stays</td></tr>
 * </table>
 */
class InheritedIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";
    private static final int CONNECTIONS = 300;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void servesAnInheritedSocket(boolean listening) throws IOException {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            int fd = bind(scene.netns(), at("::", 8000));
            if (listening) {
                TestSockets.listen(fd, 64);
            }
            scene.server(List.of(fd), List.of(), RULES, "-s", "3");
            TestSockets.close(fd);
            List<InetSocketAddress> targets = List.of(at("2001:db8::1", 8000), at("192.0.2.1", 8000));
            Result result = LoadClient.run(scene.netns(), targets, CONNECTIONS, 32, 30_000);
            assertEquals(CONNECTIONS, result.answered(), result::toString);
        }
    }

    /** They take all descriptors that they may before the start is over, which needs some of the rest. */
    @Test
    void thoseWhoCameBeforeTheServerLeaveItItsDescriptors() throws IOException {
        try (Scene scene = new Scene()) {
            int fd = bind(scene.netns(), at("::", 8000));
            TestSockets.listen(fd, 256);
            QueuedClients clients = QueuedClients.connect(scene.netns(), at("2001:db8::1", 8000), 200);
            ServerProcess server = scene.server(
                    List.of(fd), List.of("prlimit", "--nofile=64:64"), RULES, "-s3", "--handoff-timeout", "60m");
            TestSockets.close(fd);
            Await.until("its archives are open", () -> server.stats().archives() == 2);
            scene.fast("r");
            clients.ask().forEach(answer -> assertTrue(answer.startsWith("r token "), answer));
        }
    }

    @Test
    void anInheritedIpv4SocketMatchesAsMapped() throws IOException {
        try (Scene scene = new Scene()) {
            scene.fast("one");
            scene.fast("other");
            int fd = bind(scene.netns(), at("192.0.2.1", 8000));
            scene.server(
                    List.of(fd),
                    List.of(),
                    "rule-set:0\nip:::ffff:192.0.2.1 port:8000 rip:192.0.2.0/24 jump-unix:@one\n"
                            + "default jump-unix:@other\n",
                    "-s3");
            TestSockets.close(fd);
            Answer answer = LoadClient.one(scene.netns(), at("192.0.2.1", 8000));
            assertEquals("one", answer.receiver());
            assertEquals(TestSockets.AF_INET, answer.family());
            assertTrue(answer.blocking());
        }
    }

    @Test
    void executesASecondServerOnTheSameSocket() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            String second = "exec " + ServerProcess.launcher("socketbox") + " -f " + scene.config(RULES)
                    + " -s $SKBOX_LISTEN_FD";
            scene.with(ServerProcess.start(
                    scene.netns(), List.of("-p", "8000", "-e", "sh", "-c", second), List.of(), List.of()));
            assertEquals(
                    "r", LoadClient.one(scene.netns(), at("2001:db8::1", 8000)).receiver());
        }
    }

    @Test
    void anExecutedProgramHasNoDescriptorOfOurs() throws IOException {
        try (Scene scene = new Scene()) {
            int[] given = TestSockets.socketpair(TestSockets.SOCK_DGRAM);
            ServerProcess program = scene.with(ServerProcess.start(
                    scene.netns(),
                    List.of("-p", "8000", "-e", "sh", "-c", "echo listening $SKBOX_LISTEN_FD; exec sleep 60"),
                    List.of(given[0]),
                    List.of()));
            String fd = program.awaitReady().split(" ")[1];
            List<String> open = program.stats().descriptors();
            assertEquals(5, open.size(), () -> fd + " of " + open);
            assertEquals(2, program.stats().sockets(), open::toString);
            assertEquals(0, program.stats().listening(), "it is for the program to listen");
            TestSockets.close(given[0]);
            TestSockets.close(given[1]);
        }
    }

    @Test
    void aProgramThatIsNotThereIs127() {
        try (Scene scene = new Scene();
                ServerProcess server = ServerProcess.launch(
                        scene.netns(), List.of("-p", "8000", "-e", "/nowhere/program"), List.of(), List.of())) {
            assertEquals(127, server.awaitExit());
            server.awaitLine(line -> line.contains("/nowhere/program") && line.contains("ENOENT"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TestSockets.SOCK_DGRAM, TestSockets.SOCK_STREAM, TestSockets.SOCK_SEQPACKET})
    void sendsEverythingThroughOneDescriptor(int type) throws IOException {
        try (Scene scene = new Scene()) {
            int[] pair = TestSockets.socketpair(type);
            TestReceiver receiver = scene.with(TestReceiver.on("peer", pair[1]));
            ServerProcess server =
                    scene.with(ServerProcess.start(scene.netns(), List.of("-i", "3"), List.of(pair[0]), List.of()));
            TestSockets.close(pair[0]);
            Result result = LoadClient.run(scene.netns(), addresses(4), CONNECTIONS, 64, 30_000);
            assertEquals(CONNECTIONS, result.answered(), result::toString);
            receiver.retire();
            LoadClient.run(scene.netns(), addresses(1), 1, 1, 5_000);
            assertEquals(11, server.awaitExit(), server.lines()::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TestSockets.SOCK_DGRAM, TestSockets.SOCK_STREAM, TestSockets.SOCK_SEQPACKET})
    void aDescriptorInTheRulesMayGoAway(int type) throws IOException {
        try (Scene scene = new Scene()) {
            int[] pair = TestSockets.socketpair(type);
            TestReceiver receiver = scene.with(TestReceiver.on("peer", pair[1]));
            scene.fast("r");
            ServerProcess server = scene.server(
                    List.of(pair[0]), List.of(), "rule-set:0\nip:2001:db8::1 jump-fd:3\ndefault jump-unix:@r\n");
            TestSockets.close(pair[0]);
            Result result = LoadClient.run(scene.netns(), addresses(1), CONNECTIONS, 64, 30_000);
            assertEquals(CONNECTIONS, result.byReceiver().get("peer"), result::toString);
            receiver.retire();
            Result gone = LoadClient.run(scene.netns(), addresses(2), 20, 4, 10_000);
            assertEquals(10, gone.byReceiver().get("r"), gone::toString);
            assertEquals(10, gone.closed() + gone.reset(), gone::toString);
            assertEquals(0, server.terminate());
            assertTrue(
                    server.lines().stream().anyMatch(l -> l.contains("destination gone") && l.contains("10 in all")),
                    server.lines()::toString);
        }
    }

    private static int bind(Netns netns, InetSocketAddress address) {
        return netns.call(() -> TestSockets.bindTcp(address));
    }
}
