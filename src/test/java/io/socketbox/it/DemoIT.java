package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestProcesses;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code make run} shows, with and without the right to make namespaces, and that nothing of it stays behind. */
class DemoIT {
    private static final String DEMO = ServerProcess.launcher("socketbox-demo").toString();
    private static final Pattern ROW = Pattern.compile("(?m)^\\S+:[0-9]+ +(apple|banana|cherry) +net:\\[");
    private static final Pattern ISOLATED_ROW =
            Pattern.compile("(?m)^\\S+:80 +(apple|banana|cherry) +net:\\[[0-9]+\\] +lo +\\[2001:db8:2::2\\]:[0-9]+$");

    @TempDir
    Path folder;

    private Command demo(String... words) {
        return Command.in(folder, words).with("TMPDIR", folder.toString());
    }

    private void assertNothingLeft() throws IOException {
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void showsThreeReceiversWithoutNetworkAnsweringARemoteClient() throws Exception {
        Command.Result result = demo(DEMO).run();
        assertEquals(0, result.exit(), result::output);
        assertEquals(6, ISOLATED_ROW.matcher(result.output()).results().count(), result::output);
        assertNothingLeft();
    }

    @Test
    void makesAUserNamespaceOrUsesLoopbackWhenItHasNoPrivileges() throws Exception {
        Command.Result result =
                demo("setpriv", "--bounding-set=-all", "--inh-caps=-all", DEMO).run();
        assertEquals(0, result.exit(), result::output);
        assertTrue(ROW.matcher(result.output()).results().count() >= 3, result::output);
        assertNothingLeft();
    }

    @Test
    void worksOnLoopbackAddresses() throws Exception {
        Command.Result result = demo(DEMO, "--loopback").run();
        assertEquals(0, result.exit(), result::output);
        assertEquals(3, ROW.matcher(result.output()).results().count(), result::output);
        assertNothingLeft();
    }

    @Test
    void staysForTheUserToTryAndGoesWithControlC() throws Exception {
        Process demo = demo(DEMO, "--stay").start();
        try (var output = demo.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.contains("nsenter")) {
                line = output.readLine();
            }
            assertNotNull(line, "the demonstration ended without a command to try");
            Command.Result tried =
                    Command.in(folder, "sh", "-c", line.replace("a::1", "b::2")).run();
            assertTrue(tried.output().contains("receiver: banana"), tried::output);
            assertTrue(tried.output().contains("server: [2001:db8:1:0:b::2]:80"), tried::output);
            String client = line.strip().split(" ")[2];
            assertTrue(Files.exists(Path.of("/proc", client)));
            TestProcesses.kill((int) demo.pid(), ServerProcess.SIGINT);
            assertEquals(130, demo.waitFor());
            assertFalse(Files.exists(Path.of("/proc", client)));
            assertNothingLeft();
        } finally {
            demo.destroy();
        }
    }

    @Test
    void failsWhenTheServerDoes() throws Exception {
        Command.Result result =
                demo(DEMO, "--loopback").with("SOCKETBOX_JAVA_OPTS", "-Xmx1k").run();
        assertEquals(1, result.exit(), result::output);
        assertTrue(result.output().contains("The server did not start."), result::output);
        assertNothingLeft();
    }
}
