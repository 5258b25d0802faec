package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code -e}: what the program finds when it starts. */
class ExecuteIT {
    @Test
    void programGetsTheBoundSocketAndTheInheritedDescriptorsAndNothingElse() throws IOException {
        int[] pair = TestSockets.socketpair(TestSockets.SOCK_STREAM);
        String show = "echo listen=$SKBOX_LISTEN_FD; echo java=$_JAVA_SR_SIGNUM;"
                + " readlink /proc/$$/fd/$SKBOX_LISTEN_FD; ls /proc/$$/fd";
        try (ServerRun run = new ServerRun.Start().inherit(pair[0]).run("-e", "-l", "::1", "-p0", "sh", "-c", show)) {
            assertEquals(0, run.awaitExit(), run.output());
            int listenFd = Integer.parseInt(field(run, "listen"));
            assertTrue(listenFd > 3, run.output());
            List<String> open =
                    run.output().lines().filter(line -> line.matches("[0-9]+")).toList();
            assertEquals(List.of("0", "1", "2", "3", "" + listenFd), open);
            assertEquals("", field(run, "java"));
            assertTrue(run.output().contains("socket:["), run.output());
        } finally {
            TestSockets.close(pair[0]);
            TestSockets.close(pair[1]);
        }
    }

    @Test
    void programStartsWithCleanSignalsItsOldLimitAndTheRightToGainPrivileges() throws IOException {
        String ignoring = "trap '' HUP INT USR1; ulimit -Sn 100; exec \"$@\"";
        try (ServerRun run = new ServerRun.Start()
                .wrapper("sh", "-c", ignoring, "sh")
                .run("-e", "-l", "::1", "-p0", "cat", "/proc/self/status", "/proc/self/limits")) {
            assertEquals(0, run.awaitExit(), run.output());
            // posix_spawn(3) of the test itself leaves 32 and 33, which belong to the C library, ignored.
            assertEquals(0, Long.parseLong(field(run, "SigIgn"), 16) & ~(3L << 31), run.output());
            assertEquals(0, Long.parseLong(field(run, "SigBlk"), 16), run.output());
            assertEquals(0, Long.parseLong(field(run, "SigCgt"), 16), run.output());
            assertTrue(run.output().contains("NoNewPrivs:\t0"), run.output());
            assertTrue(run.output().matches("(?s).*Max open files\\s+100 .*"), run.output());
        }
    }

    @Test
    void socketIsBoundButNotListening() throws IOException {
        String show = "grep -c . /proc/net/tcp6; cat /proc/net/tcp6; readlink /proc/$$/fd/$SKBOX_LISTEN_FD";
        try (ServerRun run = ServerRun.of("-e", "-l", "::1", "-p0", "sh", "-c", show)) {
            assertEquals(0, run.awaitExit(), run.output());
            Matcher inode = Pattern.compile("socket:\\[([0-9]+)]").matcher(run.output());
            assertTrue(inode.find(), run.output());
            // Only sockets that listen or are connected are in that table.
            assertFalse(run.output().matches("(?s).* " + inode.group(1) + " .*"), run.output());
        }
    }

    @Test
    void optionsAfterTheProgramAreItsOwn() throws IOException {
        try (ServerRun run = ServerRun.of("-ep0", "echo", "-f", "--check", "--", "-e")) {
            assertEquals(0, run.awaitExit());
            assertEquals("-f --check -- -e\n", run.output());
        }
    }

    @Test
    void bytesOfArgumentsSurviveALocaleThatDoesNotKnowThem() throws IOException {
        try (ServerRun run =
                new ServerRun.Start().environment("LC_ALL", "C").run("-ep0", "printf", "%s", "gr\u00fc\u00df \u20ac")) {
            assertEquals(0, run.awaitExit(), run.output());
            byte[] written = run.output().getBytes(StandardCharsets.ISO_8859_1);
            assertEquals("gr\u00fc\u00df \u20ac", new String(written, StandardCharsets.UTF_8));
        }
    }

    @Test
    void privilegesAreGivenUpBefore() throws IOException {
        try (ServerRun run = ServerRun.of("-e", "-p0", "-u", "65534", "-g", "65533", "-G", "65531,65532", "id")) {
            assertEquals(0, run.awaitExit(), run.output());
            assertTrue(run.output().startsWith("uid=65534"), run.output());
            assertTrue(run.output().contains("gid=65533"), run.output());
            assertTrue(run.output().contains("65531,65532"), run.output());
        }
    }

    @Test
    void programThatCannotBeExecutedIs127() throws IOException {
        try (ServerRun run = ServerRun.of("-ep0", "no-such-program")) {
            assertEquals(127, run.awaitExit());
            assertEquals(
                    "socketbox: exec no-such-program: ENOENT (No such file or directory);"
                            + " 'no-such-program' is in no folder of PATH\n",
                    run.output());
        }
        try (ServerRun run = ServerRun.of("-ep0", "/etc/passwd")) {
            assertEquals(127, run.awaitExit());
            assertTrue(run.output().contains("exec /etc/passwd: EACCES (Permission denied)"), run.output());
        }
    }

    private static String field(ServerRun run, String name) {
        Matcher field = Pattern.compile("(?m)^" + name + "(?:=|:\t)(.*)$").matcher(run.output());
        assertTrue(field.find(), run.output());
        return field.group(1);
    }
}
