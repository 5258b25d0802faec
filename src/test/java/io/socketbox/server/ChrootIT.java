package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In an empty directory the virtual machine finds none of its files any more. */
class ChrootIT {
    private static final String NOBODY = "65534";

    @TempDir
    Path folder;

    private Path jail;

    @BeforeEach
    void makeJail() throws IOException {
        jail = Files.createDirectory(folder.resolve("jail"));
        // A reload has to find the configuration.
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
    }

    @Test
    void connectionsAreHandedOverInsideAndEverythingEndsWell() throws IOException {
        Path configuration = Files.writeString(
                folder.resolve("c.conf"), "rule-set:0\nip:::1 jump-unix:/in-jail\ndefault jump-unix:/none\n");
        int receiver = TestSockets.bindUnix(TestSockets.SOCK_DGRAM, jail.resolve("in-jail"));
        Files.setPosixFilePermissions(
                jail.resolve("in-jail"), java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));
        try (ServerRun run = ServerRun.of(
                        "-l::1",
                        "-l127.0.0.1",
                        "-p0",
                        "-f" + configuration,
                        "-x" + jail,
                        "-u" + NOBODY,
                        "--handoff-timeout",
                        "200ms");
                Socket handedOver = new Socket("::1", run.awaitPort())) {
            assertTrue(handedOver.isConnected());
            TestSockets.Message message = TestSockets.receive(receiver);
            assertTrue(message.fd() >= 0);
            TestSockets.close(message.fd());
            run.signal(ServerRun.SIGHUP);
            run.awaitOutput("reloaded: ");
            int lost = Integer.parseInt(run.output().replaceAll("(?s).*127\\.0\\.0\\.1:([0-9]+);.*", "$1"));
            try (Socket nobodyTakesIt = new Socket("127.0.0.1", lost)) {
                assertEquals(-1, nobodyTakesIt.getInputStream().read());
            }
            run.signal(ServerRun.SIGTERM);
            assertEquals(0, run.awaitExit(), run.output());
            nothingWasMissing(run);
            assertTrue(run.output().contains("/none"), run.output());
        } finally {
            TestSockets.close(receiver);
        }
    }

    @Test
    void mistakesInTheConfigurationAreShownInside() throws IOException {
        Path configuration =
                Files.writeString(folder.resolve("c.conf"), "rule-set:0\nip:::1/129 jump-unix:/x\nport:x fial\n");
        try (ServerRun run = ServerRun.of("-l::1", "-p0", "-f" + configuration, "-x" + jail, "-u" + NOBODY)) {
            assertEquals(1, run.awaitExit(), run.output());
            nothingWasMissing(run);
            assertTrue(run.output().contains(configuration + ":2:"), run.output());
            assertTrue(run.output().contains(configuration + ":3:"), run.output());
        }
    }

    @Test
    void tracesFormatsAndUncaughtFailuresWorkInside() throws IOException {
        try (ServerRun run = new ServerRun.Start().mainClass(ChrootProbe.class).run(jail.toString())) {
            assertEquals(1, run.awaitExit(), run.output());
            nothingWasMissing(run);
            for (String expected : List.of(
                    "formatted 1,234,567 [a] 1.50 000000ff",
                    "Caused by: io.socketbox.linux.LinuxException: connect /none: ENOENT (No such file or directory)",
                    "at io.socketbox.server.ChrootProbe.main(ChrootProbe.java:",
                    "Exception in thread \"failing\" java.lang.IndexOutOfBoundsException",
                    "socketbox: an event",
                    "Exception in thread \"main\" java.lang.IllegalStateException: uncaught in main")) {
                assertTrue(run.output().contains(expected), () -> expected + " is missing in " + run.output());
            }
        }
    }

    @Test
    void directoryThatIsNotThereIsExplained() throws IOException {
        try (ServerRun run = ServerRun.of("-l::1", "-p0", "-S/x", "-x" + folder + "/none")) {
            assertEquals(1, run.awaitExit());
            assertEquals("socketbox: chroot " + folder + "/none: ENOENT (No such file or directory)\n", run.output());
        }
    }

    private static void nothingWasMissing(ServerRun run) {
        for (String sign :
                List.of("NoClassDefFoundError", "ClassNotFoundException", "UnsatisfiedLinkError", "InternalError")) {
            assertFalse(run.output().contains(sign), run.output());
        }
    }
}
