package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import io.socketbox.testing.InetdProcess;
import io.socketbox.testing.RegisterServer;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * socketbox-inetd-p, and {@code register:} in a file, against a server of the register protocol.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>server goes away</td><td>exit 0; with --reconnect registers with the next one</td></tr>
 * <tr><td>no server at the start</td><td>exit 1; with --reconnect waits for it</td></tr>
 * <tr><td>SIGTERM</td><td>what was sent is served, exit 0</td></tr>
 * <tr><td>file</td><td>both kinds of places side by side</td></tr>
 * </table>
 */
class InetdRegisterIT {
    private static final String PROGRAM = "socketbox-inetd-p";
    private static final String[] ECHO = {"sh", "-c", "read line; echo got $line"};

    private static InetdProcess launch(Scene scene, String... arguments) {
        return InetdProcess.launch(scene, PROGRAM, List.of(), arguments);
    }

    private static String[] with(String... options) {
        String[] all = Arrays.copyOf(options, options.length + ECHO.length);
        System.arraycopy(ECHO, 0, all, options.length, ECHO.length);
        return all;
    }

    private static void assertServed(RegisterServer server, String word) throws IOException {
        int connection = server.connect();
        TestSockets.write(connection, (word + "\n").getBytes(StandardCharsets.US_ASCII));
        assertEquals("got " + word + "\n", rest(connection));
        TestSockets.close(connection);
    }

    private static String rest(int fd) throws IOException {
        StringBuilder all = new StringBuilder();
        byte[] bytes = TestSockets.read(fd, 512);
        while (bytes.length > 0) {
            all.append(new String(bytes, StandardCharsets.US_ASCII));
            bytes = TestSockets.read(fd, 512);
        }
        return all.toString();
    }

    @Test
    void servesAndEndsWith0WhenTheServerGoesAway() throws IOException {
        try (Scene scene = new Scene();
                RegisterServer server = new RegisterServer(scene.path("r"))) {
            InetdProcess inetd = launch(scene, with(scene.path("r").toString(), "0x102"));
            server.accept(0x102);
            inetd.awaitLine("ready: sh at group 258 of ");
            assertServed(server, "one");
            int last = server.connect();
            server.dropReceiver();
            assertEquals(0, inetd.process().awaitExit());
            TestSockets.write(last, "two\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("got two\n", rest(last));
            TestSockets.close(last);
        }
    }

    @Test
    void stayingItRegistersWithTheNextServer() throws IOException {
        try (Scene scene = new Scene()) {
            InetdProcess inetd =
                    launch(scene, with("--reconnect", scene.path("r").toString(), "5"));
            inetd.awaitLine("ready: ");
            for (int i = 0; i < 3; i++) {
                try (RegisterServer server = new RegisterServer(scene.path("r"))) {
                    server.accept(5);
                    assertServed(server, "word" + i);
                }
            }
            inetd.awaitLine("the socketbox that we receive from closed the connection");
            assertEquals(0, inetd.process().terminate());
        }
    }

    @Test
    void withoutAServerItEndsWith1() {
        try (Scene scene = new Scene()) {
            InetdProcess inetd = launch(scene, with(scene.path("r").toString(), "5"));
            assertEquals(1, inetd.process().awaitExit());
            inetd.awaitLine("is the other socketbox running, and is this its register socket?");
        }
    }

    @Test
    void whatWasSentBeforeSigtermIsServed() throws IOException {
        try (Scene scene = new Scene();
                RegisterServer server = new RegisterServer(scene.path("r"))) {
            InetdProcess inetd = launch(scene, with("-c", "1", scene.path("r").toString(), "5"));
            server.accept(5);
            int first = server.connect();
            int second = server.connect();
            inetd.awaitStarted(1);
            inetd.process().signal(ServerProcess.SIGTERM);
            inetd.awaitLine("SIGTERM: ");
            TestSockets.write(first, "first\n".getBytes(StandardCharsets.US_ASCII));
            TestSockets.write(second, "second\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("got first\n", rest(first));
            assertEquals("got second\n", rest(second));
            assertEquals(0, inetd.process().awaitExit());
            TestSockets.close(first);
            TestSockets.close(second);
        }
    }

    @Test
    void aFileMayHaveBothKinds() throws IOException {
        try (Scene scene = new Scene();
                RegisterServer server = new RegisterServer(scene.path("r"))) {
            Files.writeString(
                    scene.path("services"),
                    "register:" + scene.path("r") + " group:7 run sh -c \"read line; echo got $line\"\nsocket:"
                            + scene.path("s") + " run cat\n");
            InetdProcess inetd = InetdProcess.launch(
                    scene,
                    "socketbox-inetd",
                    List.of(),
                    "-f",
                    scene.path("services").toString());
            server.accept(7);
            inetd.awaitLine("ready: 2 services");
            assertServed(server, "here");
            assertTrue(Files.exists(scene.path("s")));
            assertEquals(0, inetd.process().terminate());
        }
    }
}
