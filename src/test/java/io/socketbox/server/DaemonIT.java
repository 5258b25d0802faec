package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestProcesses;
import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -d}: the caller waits for the daemon, the daemon stands by itself. */
class DaemonIT {
    @TempDir
    Path folder;

    @AfterEach
    void endDaemons() throws IOException {
        for (int pid : daemons()) {
            TestProcesses.kill(pid, 9);
        }
    }

    @Test
    void returnsWhenTheDaemonAccepts() throws IOException {
        try (ServerRun run =
                ServerRun.of("-dp0", "-l", "::1", "-S", folder.resolve("r").toString())) {
            assertEquals(0, run.awaitExit(), run.output());
            new Socket("::1", run.awaitPort()).close();
            int pid = onlyDaemon();
            assertEquals(Path.of("/"), Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")));
            String[] stat = Files.readString(Path.of("/proc/" + pid + "/stat"))
                    .split("\\) ")[1]
                    .split(" ");
            assertEquals("" + pid, stat[3], "session");
        }
    }

    @Test
    void relativeConfigurationWorks() throws IOException {
        Files.writeString(folder.resolve("relative.conf"), "rule-set:0\ndefault fail\n");
        try (ServerRun run = new ServerRun.Start()
                .wrapper("sh", "-c", "cd " + folder.getParent() + " && exec \"$@\"", "sh")
                .run("-dp0", "-l", "::1", "-f", folder.getFileName() + "/relative.conf")) {
            assertEquals(0, run.awaitExit(), run.output());
            onlyDaemon();
        }
    }

    @Test
    void inheritedDescriptorsReachTheDaemonAndTheMachinesOwnDoNot() throws IOException {
        int fd = TestSockets.bindTcp(new InetSocketAddress(InetAddress.getByName("::1"), 0));
        int port = TestSockets.local(fd).address().getPort();
        try (ServerRun run = new ServerRun.Start()
                .inherit(fd)
                .run("-d", "-s", "3", "-S", folder.resolve("r").toString())) {
            assertEquals(0, run.awaitExit(), run.output());
            assertEquals(port, run.awaitPort());
            int pid = onlyDaemon();
            List<String> open = new ArrayList<>();
            try (Stream<Path> fds = Files.list(Path.of("/proc/" + pid + "/fd"))) {
                for (Path one : fds.toList()) {
                    open.add(Files.readSymbolicLink(one).toString());
                }
            }
            assertEquals(
                    1,
                    open.stream().filter(name -> name.endsWith("/lib/modules")).count(),
                    open::toString);
            assertEquals(
                    0, open.stream().filter(name -> name.startsWith("/proc/")).count(), open::toString);
        } finally {
            TestSockets.close(fd);
        }
    }

    @Test
    void failedStartReachesTheCaller() throws IOException {
        String missing = folder.resolve("missing.conf").toString();
        try (ServerRun run = ServerRun.of("-dp0", "-l", "::1", "-f", missing)) {
            assertEquals(1, run.awaitExit());
            assertTrue(run.output().startsWith("socketbox: open " + missing + ": ENOENT"), run.output());
        }
        assertEquals(List.of(), daemons());
    }

    @Test
    void executedProgramCountsAsReadyUnlessThatFails() throws IOException {
        try (ServerRun run = ServerRun.of("-dep0", "-l", "::1", "true")) {
            assertEquals(0, run.awaitExit(), run.output());
        }
        try (ServerRun run = ServerRun.of("-dep0", "-l", "::1", "no-such-program")) {
            assertEquals(127, run.awaitExit(), run.output());
        }
    }

    private int onlyDaemon() throws IOException {
        List<Integer> pids = daemons();
        assertEquals(1, pids.size(), pids::toString);
        return pids.getFirst();
    }

    /** The daemons of this test: the temporary folder's name is in their command line. */
    private List<Integer> daemons() throws IOException {
        List<Integer> found = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                String commandLine = commandLine(process);
                if (commandLine.contains(folder.getFileName().toString())
                        && commandLine.contains(Readiness.FD_PROPERTY)) {
                    found.add(Integer.parseInt(process.getFileName().toString()));
                }
            }
        }
        return found;
    }

    private static String commandLine(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }
}
