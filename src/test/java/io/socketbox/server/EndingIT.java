package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals and exit codes. */
class EndingIT {
    @TempDir
    Path folder;

    private String nobodyThere() {
        return folder.resolve("nobody").toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {ServerRun.SIGTERM, ServerRun.SIGINT})
    void signalEndsWith0(int signal) throws IOException {
        try (ServerRun run = ServerRun.of("-p0", "-l", "::1", "-S", nobodyThere())) {
            run.awaitPort();
            run.signal(signal);
            assertEquals(0, run.awaitExit(), run.output());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ServerRun.SIGTERM, ServerRun.SIGINT})
    void signalThatWasIgnoredAtStartIsHandledAgain(int signal) throws IOException {
        try (ServerRun run = new ServerRun.Start()
                .wrapper("sh", "-c", "trap '' INT TERM HUP; exec \"$@\"", "sh")
                .run("-p0", "-l", "::1", "-S", nobodyThere())) {
            run.awaitPort();
            run.signal(signal);
            assertEquals(0, run.awaitExit(), run.output());
        }
    }

    @Test
    void secondSignalEndsAtOnce() throws IOException {
        try (ServerRun run = ServerRun.of("-p0", "-l", "::1", "-S", nobodyThere(), "--handoff-timeout", "10m");
                Socket waiting = new Socket("::1", run.awaitPort())) {
            assertTrue(waiting.isConnected());
            run.signal(ServerRun.SIGTERM);
            run.awaitOutput("accepting no more");
            // The first ones may come so soon that they count as part of the request before.
            run.signalUntilEnd(ServerRun.SIGINT);
            assertEquals(128 + ServerRun.SIGINT, run.awaitExit(), run.output());
        }
    }

    @Test
    void hangUpIsAnsweredAndSurvived() throws IOException {
        try (ServerRun run = ServerRun.of("-p0", "-l", "::1", "-S", nobodyThere())) {
            run.awaitPort();
            run.signal(ServerRun.SIGHUP);
            run.awaitOutput("not reloaded, going on with the rules of before: -S and -i skip the rules");
            run.signal(ServerRun.SIGTERM);
            assertEquals(0, run.awaitExit(), run.output());
        }
    }

    @Test
    void listeningSocketThatBreaksIs10() throws IOException {
        int fd = TestSockets.bindTcp(new InetSocketAddress(InetAddress.getByName("::1"), 0));
        try (ServerRun run = new ServerRun.Start().inherit(fd).run("-s3", "-S", nobodyThere())) {
            run.awaitPort();
            TestSockets.shutdown(fd, TestSockets.SHUT_RD);
            assertEquals(10, run.awaitExit(), run.output());
        } finally {
            TestSockets.close(fd);
        }
    }

    @Test
    void inheritedDestinationThatGoesAwayIs11() throws IOException {
        int[] pair = TestSockets.socketpair(TestSockets.SOCK_STREAM);
        try (ServerRun run = new ServerRun.Start().inherit(pair[0]).run("-p0", "-l", "::1", "-i", "3")) {
            int port = run.awaitPort();
            TestSockets.close(pair[1]);
            new Socket("::1", port).close();
            assertEquals(11, run.awaitExit(), run.output());
        } finally {
            TestSockets.close(pair[0]);
        }
    }

    @Test
    void receiverRegistersHandsOverAndEndsWith0WhenTheServerGoes() throws IOException {
        Path registerSocket = folder.resolve("register");
        int server = TestSockets.bindUnix(TestSockets.SOCK_SEQPACKET, registerSocket);
        TestSockets.listen(server, 1);
        int[] passed = TestSockets.socketpair(TestSockets.SOCK_STREAM);
        int[] destination = TestSockets.socketpair(TestSockets.SOCK_DGRAM);
        try (ServerRun run =
                new ServerRun.Start().inherit(destination[0]).run("-P", "0x102:" + registerSocket, "-i", "3")) {
            int connection = TestSockets.accept(server);
            assertArrayEquals(new byte[] {1, 0, 0, 0, 0, 0, 1, 2}, TestSockets.read(connection, 64));
            TestSockets.write(connection, new byte[] {(byte) 0x80, 0, 0, 0});
            run.awaitOutput("listening on " + registerSocket + " as receiver of group 258");
            TestSockets.send(connection, new byte[] {3, 0, 0, 0}, passed[0]);
            assertTrue(TestSockets.receive(destination[1]).fd() >= 0);
            TestSockets.close(connection);
            assertEquals(0, run.awaitExit(), run.output());
        } finally {
            for (int fd : new int[] {server, passed[0], passed[1], destination[0], destination[1]}) {
                TestSockets.close(fd);
            }
        }
    }

    @Test
    void refusedRegistrationIs1() throws IOException {
        Path registerSocket = folder.resolve("register");
        int server = TestSockets.bindUnix(TestSockets.SOCK_SEQPACKET, registerSocket);
        TestSockets.listen(server, 1);
        try (ServerRun run = ServerRun.of("-P", "7:" + registerSocket, "-S", nobodyThere())) {
            int connection = TestSockets.accept(server);
            TestSockets.write(connection, new byte[] {(byte) 0x81, 0, 0, 13});
            assertEquals(1, run.awaitExit());
            assertTrue(run.output().contains("refused with 8100000d where 80000000 was expected"), run.output());
            TestSockets.close(connection);
        } finally {
            TestSockets.close(server);
        }
    }

    @Test
    void registerSocketThatIsNotThereIs1() throws IOException {
        try (ServerRun run = ServerRun.of("-P", "7:" + folder.resolve("none"), "-S", nobodyThere())) {
            assertEquals(1, run.awaitExit());
            assertTrue(
                    run.output().contains("ENOENT (No such file or directory); is the other socketbox"), run.output());
            assertFalse(run.output().contains("Exception"), run.output());
        }
    }
}
