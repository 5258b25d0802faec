package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What `make install` and `make uninstall` do to a folder (DESTDIR). */
class InstallIT {
    private static final Path DIST =
            ServerProcess.launcher("socketbox").getParent().getParent();

    @TempDir
    Path folder;

    private Command.Result run(String action, String prefix) throws Exception {
        return Command.in(Path.of("").toAbsolutePath(), "src/build/install", action, DIST.toString())
                .with("DESTDIR", folder.toString())
                .with("PREFIX", prefix)
                .run();
    }

    private void install(String prefix) throws Exception {
        Command.Result result = run("install", prefix);
        assertEquals(0, result.exit(), result::output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr", "/usr/local", "/opt/x", "/opt/a name/"})
    void programsWorkWhereverTheyAre(String prefix) throws Exception {
        install(prefix);
        Path place = folder.resolve(prefix.substring(1));
        for (String program : List.of("socketbox", "socketbox-inetd", "socketbox-inetd-p", "socketbox-relay")) {
            Path launcher = place.resolve("bin").resolve(program);
            Command.Result version =
                    Command.in(folder, launcher.toString(), "--version").run();
            assertEquals(0, version.exit(), version::output);
            assertTrue(version.output().startsWith(program + " "), version::output);
        }
        Command.Result loud = Command.in(folder, place + "/bin/socketbox", "--version")
                .with("SOCKETBOX_JAVA_OPTS", "-Xlog:class+load:stdout")
                .run();
        assertTrue(loud.output().contains("io.socketbox.server.Main source: shared objects file"), loud::output);
        Command.Result tool =
                Command.in(folder, place + "/bin/socket-query", "--help").run();
        assertEquals(0, tool.exit(), tool::output);
    }

    @Test
    void theLibraryIsFound() throws Exception {
        install("/usr");
        Command.Result result = Command.in(
                        folder, folder + "/usr/bin/run-with-socketbox", "sh", "-c", "echo $LD_PRELOAD")
                .run();
        assertEquals(
                folder.toRealPath() + "/usr/lib/socketbox/lib/libsocketbox-preload.so",
                result.output().strip());
    }

    @Test
    void everythingIsInItsPlace() throws Exception {
        install("/usr");
        for (String file : List.of(
                "etc/socketbox.conf",
                "usr/lib/systemd/system/socketbox.service",
                "usr/lib/sysusers.d/socketbox.conf",
                "usr/share/bash-completion/completions/socketbox",
                "usr/share/doc/socketbox/examples/anyip.conf",
                "usr/share/man/man5/socketbox.conf.5",
                "usr/share/man/man8/socketbox.8")) {
            assertTrue(Files.isRegularFile(folder.resolve(file)), file);
        }
        String unit = Files.readString(folder.resolve("usr/lib/systemd/system/socketbox.service"));
        assertTrue(unit.contains("\nExecStart=/usr/bin/socketbox "), unit);
    }

    @Test
    void nobodyElseMayWrite() throws Exception {
        install("/usr");
        try (var files = Files.walk(folder.resolve("usr"))) {
            for (Path file : files.filter(file -> !Files.isSymbolicLink(file)).toList()) {
                String mode = Files.getAttribute(file, "unix:mode").toString();
                assertEquals(0, Integer.parseInt(mode) & 0022, file::toString);
            }
        }
    }

    @Test
    void aConfigurationIsLeftAsItIs() throws Exception {
        Path configuration = folder.resolve("etc/socketbox.conf");
        Files.createDirectories(configuration.getParent());
        Files.writeString(configuration, "mine\n");
        install("/usr");
        Command.Result result = run("uninstall", "/usr");
        assertEquals("left as it is: " + configuration + "\n", result.output());
        assertEquals("mine\n", Files.readString(configuration));
    }

    @Test
    void uninstallRemovesAllFiles() throws Exception {
        install("/usr");
        Files.delete(folder.resolve("etc/socketbox.conf"));
        assertFalse(remaining().isEmpty());
        assertEquals(0, run("uninstall", "/usr").exit());
        assertEquals(List.of(), remaining());
    }

    @Test
    void aRelativePrefixIsRefused() throws Exception {
        Command.Result result = run("install", "opt");
        assertEquals(1, result.exit());
        assertEquals("PREFIX=opt: expected an absolute path, for example /usr/local\n", result.output());
        assertEquals(List.of(), remaining());
    }

    private List<Path> remaining() throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> !Files.isDirectory(file)).toList();
        }
    }
}
