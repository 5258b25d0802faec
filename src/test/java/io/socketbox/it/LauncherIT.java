package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Netns;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launchers of target/dist: found by whatever path, started from wherever, with whatever Java is around. */
class LauncherIT {
    private static final Path LAUNCHER = ServerProcess.launcher("socketbox");
    private static final int SUSPEND_SIGNAL = 60;
    private static final String JAVA_HOME = System.getProperty("java.home");

    @TempDir
    Path folder;

    private static void assertStarts(Command command) throws Exception {
        Command.Result result = command.run();
        assertEquals(0, result.exit(), result::output);
        assertTrue(result.output().matches("socketbox [0-9.]+\\R"), result::output);
    }

    @Test
    void startsThroughSymbolicLinks() throws Exception {
        Files.createDirectory(folder.resolve("inner"));
        Files.createSymbolicLink(folder.resolve("inner/second"), LAUNCHER);
        Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("inner/second"));
        assertStarts(Command.in(Path.of("/"), first.toString(), "--version"));
        assertStarts(Command.in(folder, "./first", "--version"));
    }

    @Test
    void startsFromAnyFolder() throws Exception {
        Path bin = LAUNCHER.getParent();
        assertStarts(Command.in(Path.of("/"), LAUNCHER.toString(), "--version"));
        assertStarts(Command.in(bin, "./socketbox", "--version"));
        assertStarts(Command.in(bin, "sh", "socketbox", "--version"));
        assertStarts(Command.in(bin.getParent(), "bin/socketbox", "--version"));
        assertStarts(Command.in(bin, "sh", "-c", "PATH=.:$PATH; socketbox --version"));
        assertStarts(Command.in(folder, "env", "PATH=" + bin + ":/usr/bin:/bin", "socketbox", "--version"));
    }

    @Test
    void startsFromAnotherPlaceWhoseNameHasSpaces() throws Exception {
        Path moved = copyOfDist("a new place");
        Command command = Command.in(folder, moved.resolve("bin/socketbox").toString(), "--version");
        assertStarts(command);
        Command.Result loud =
                command.with("SOCKETBOX_JAVA_OPTS", "-Xlog:class+load:stdout").run();
        assertTrue(
                loud.output().contains("io.socketbox.server.Main source: shared objects file"),
                () -> "the moved cache is not in use: " + loud.output());
    }

    @Test
    void aUselessCacheGoesUnnoticed() throws Exception {
        Path copy = copyOfDist("dist");
        Command command = Command.in(folder, copy.resolve("bin/socketbox").toString(), "--version");
        Files.writeString(copy.resolve("lib/socketbox.aot"), "made by another Java");
        assertStarts(command);
        Files.delete(copy.resolve("lib/socketbox.aot"));
        assertStarts(command);
    }

    @Test
    void passesOverAJavaThatIsTooOld() throws Exception {
        Path copy = copyOfDist("dist");
        Files.writeString(copy.resolve("lib/jdk"), "/nowhere\n");
        String old = Files.createDirectories(folder.resolve("old")).toString();
        Path oldJava = Files.createDirectories(folder.resolve("old/bin")).resolve("java");
        Files.writeString(oldJava, "#!/bin/sh\necho 'the old Java was started'\n");
        assertTrue(oldJava.toFile().setExecutable(true));
        Files.writeString(folder.resolve("old/release"), "JAVA_RUNTIME=\"30\"\nJAVA_VERSION=\"17.0.15\"\n");
        Path links = Files.createDirectories(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("java"), Path.of(JAVA_HOME, "bin/java"));
        String path = old + "/bin:" + links + ":/usr/bin:/bin";
        Command command = Command.in(folder, copy.resolve("bin/socketbox").toString(), "--version");
        assertStarts(command.with("PATH", path));
        assertStarts(command.with("PATH", path).with("JAVA_HOME", old));
        assertStarts(command.with("PATH", old + "/bin:/usr/bin:/bin").with("JAVA_HOME", JAVA_HOME));
    }

    @Test
    void saysWhereItLookedWhenThereIsNoJava() throws Exception {
        Path copy = copyOfDist("dist");
        Files.writeString(copy.resolve("lib/jdk"), "/nowhere\n");
        String hide =
                "for d in /usr/lib/jvm /usr/java /opt; do [ ! -d $d ] || mount -t tmpfs none $d; done; exec \"$0\"";
        Command.Result result = Command.in(
                        folder,
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        hide,
                        copy.resolve("bin/socketbox").toString())
                .with("HOME", folder.toString())
                .with("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
                .run();
        assertEquals(1, result.exit(), result::output);
        assertTrue(result.output().startsWith("socketbox: no Java 25 or later found"), result::output);
    }

    @Test
    void leavesSigusr2ToTheProgram() throws Exception {
        try (Netns netns = Netns.create();
                ServerProcess server = ServerProcess.start(netns, List.of("-S", folder + "/s", "-p", "0"))) {
            String caught = Files.readAllLines(Path.of("/proc", Integer.toString(server.pid()), "status")).stream()
                    .filter(line -> line.startsWith("SigCgt:"))
                    .findFirst()
                    .orElseThrow();
            long mask =
                    Long.parseUnsignedLong(caught.substring("SigCgt:".length()).strip(), 16);
            assertEquals(1, mask >>> SUSPEND_SIGNAL - 1 & 1, "HotSpot does not use the signal that it was given");
            assertEquals(0, server.terminate());
        }
    }

    /** The dist folder, copied with the times of its files. */
    private Path copyOfDist(String name) throws IOException {
        Path dist = LAUNCHER.getParent().getParent();
        Path copy = folder.resolve(name);
        try (var files = Files.walk(dist)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(dist.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return copy;
    }
}
