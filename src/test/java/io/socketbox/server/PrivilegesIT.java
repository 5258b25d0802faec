package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every thread of a running server may still do, as the kernel tells it. */
class PrivilegesIT {
    private static final String NOBODY = "65534";

    @TempDir
    Path folder;

    @Test
    void userChangesInEveryThreadAndNothingIsLeft() throws IOException {
        try (ServerRun run = serve("-u", NOBODY, "-g", "65533")) {
            List<Map<String, String>> threads = threads(run);
            assertTrue(threads.size() > 5, threads::toString);
            for (Map<String, String> thread : threads) {
                assertEquals("65534\t65534\t65534\t65534", thread.get("Uid"), thread::toString);
                assertEquals("65533\t65533\t65533\t65533", thread.get("Gid"), thread::toString);
                assertEquals("", thread.get("Groups"), thread::toString);
                assertEquals("1", thread.get("NoNewPrivs"), thread::toString);
                for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapAmb")) {
                    assertEquals(0, Long.parseLong(thread.get(set), 16), thread::toString);
                }
            }
        }
    }

    @Test
    void daemonGivesUpPrivilegesAsWell() throws IOException {
        try (ServerRun run =
                ServerRun.of("-dp0", "-l::1", "-S" + folder + "/r", "-u", NOBODY, "-g", NOBODY, "-e", "id", "-u")) {
            assertEquals(0, run.awaitExit(), run.output());
            assertEquals(NOBODY + "\n", run.awaitOutput("\n"));
        }
    }

    @Test
    void nameBringsItsGroupAndANumberDoesNot() throws IOException {
        assertEquals("2 2", ids("-u", "bin"));
        String keptGroup = ids("-u", "2");
        assertTrue(keptGroup.startsWith("socketbox: still in group 0 (root): "), keptGroup);
        assertTrue(keptGroup.endsWith("\n2 0"), keptGroup);
        assertEquals("2 1", ids("-g", "daemon", "-u", "bin"));
        assertEquals("2 1", ids("-u", "bin", "-g", "1"));
    }

    @Test
    void numbersAreCLiterals() throws IOException {
        assertEquals("16 8", ids("-u", "0x10", "-g", "010"));
    }

    @Test
    void groupsAreClearedKeptOrChosen() throws IOException {
        assertEquals("1", groups("-g", "1"));
        assertEquals("1 7 8", groups("-g", "1", "-k"));
        assertEquals("1 5 6", groups("-g", "1", "-G", "5,6"));
        assertTrue(groups("-u", "5").endsWith("\n0 7 8"));
    }

    @Test
    void staysRootWithOneCapabilityInTheThreadsThatServe() throws IOException {
        try (ServerRun run = serve()) {
            for (Map<String, String> thread : threads(run)) {
                assertEquals("1", thread.get("NoNewPrivs"), thread::toString);
                if (thread.get("Name").startsWith("dispatcher")
                        || thread.get("Name").equals("conductor")) {
                    assertEquals(2, Long.parseLong(thread.get("CapPrm"), 16), thread::toString);
                }
            }
        }
    }

    @Test
    void unknownNamesAreRefused() throws IOException {
        refused("-u no-such-user: there is no such user; `getent passwd` lists them", "-u", "no-such-user");
        refused("-g no-such-group: there is no such group; `getent group` lists them", "-g", "no-such-group");
        refused("-G no-such-group: there is no such group; `getent group` lists them", "-G", "1,no-such-group");
        refused("-u 4294967295: ids go up to 4294967294", "-u", "4294967295");
    }

    @Test
    void changeWithoutTheRightToIsRefused() throws IOException {
        try (ServerRun run = new ServerRun.Start()
                .wrapper("setpriv", "--bounding-set", "-setuid,-sys_chroot")
                .run("-l::1", "-p0", "-S/x", "-u", NOBODY)) {
            assertEquals(1, run.awaitExit());
            assertTrue(run.output().contains("EPERM (Operation not permitted); only root may change"), run.output());
        }
        try (ServerRun run = new ServerRun.Start()
                .wrapper("setpriv", "--bounding-set", "-setuid,-sys_chroot")
                .run("-l::1", "-p0", "-S/x", "-x", folder.toString())) {
            assertEquals(1, run.awaitExit());
            assertTrue(run.output().contains("EPERM (Operation not permitted); it needs CAP_SYS_CHROOT"), run.output());
        }
    }

    private ServerRun serve(String... more) throws IOException {
        List<String> arguments = Stream.concat(Stream.of("-l::1", "-p0", "-S" + folder + "/r"), Stream.of(more))
                .toList();
        ServerRun run = ServerRun.of(arguments.toArray(new String[0]));
        run.awaitPort();
        return run;
    }

    private static String ids(String... options) throws IOException {
        return executed(List.of("sh", "-c", "echo $(id -u) $(id -g)"), options);
    }

    private static String groups(String... options) throws IOException {
        return executed(List.of("id", "-G"), options);
    }

    private static String executed(List<String> program, String... options) throws IOException {
        List<String> arguments = Stream.of(Stream.of("-e", "-l::1", "-p0"), Stream.of(options), program.stream())
                .flatMap(part -> part)
                .toList();
        try (ServerRun run =
                new ServerRun.Start().wrapper("setpriv", "--groups", "7,8").run(arguments.toArray(new String[0]))) {
            assertEquals(0, run.awaitExit(), run.output());
            return run.output().trim();
        }
    }

    private static void refused(String message, String... options) throws IOException {
        try (ServerRun run = ServerRun.of(options)) {
            assertEquals(1, run.awaitExit());
            assertEquals("socketbox: " + message + "\n", run.output());
            assertFalse(run.output().contains("Exception"));
        }
    }

    private static List<Map<String, String>> threads(ServerRun run) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + run.pid() + "/task"))) {
            return tasks.map(PrivilegesIT::status)
                    .filter(status -> !status.isEmpty())
                    .toList();
        }
    }

    private static Map<String, String> status(Path task) {
        try (Stream<String> lines = Files.lines(task.resolve("status"))) {
            return lines.collect(Collectors.toMap(
                    line -> line.substring(0, line.indexOf(':')),
                    line -> line.substring(line.indexOf(':') + 1).trim(),
                    (a, b) -> a,
                    TreeMap::new));
        } catch (NoSuchFileException ended) {
            return Map.of();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
