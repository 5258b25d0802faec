package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units of systemd, by systemd's own judgement (systemd-analyze(1)), which does not need it to run. */
class UnitsIT {
    private static final Path DIST =
            ServerProcess.launcher("socketbox").getParent().getParent();
    private static final Path SHIPPED = Path.of("conf/systemd");
    /** In tenths: of 0, safe, to 100. */
    private static final int EXPOSURE = 25;

    @TempDir
    Path folder;

    private List<Path> units;

    /** The units, with the programs of this build. */
    @BeforeEach
    void copy() throws IOException {
        try (var files = Files.list(SHIPPED)) {
            units = files.map(file -> folder.resolve(file.getFileName()))
                    .sorted()
                    .toList();
        }
        for (Path unit : units) {
            String text = Files.readString(SHIPPED.resolve(unit.getFileName()));
            Files.writeString(unit, text.replace("/opt/socketbox/", DIST + "/"));
        }
    }

    private List<Path> services() {
        return units.stream()
                .filter(unit -> unit.toString().endsWith(".service"))
                .toList();
    }

    @Test
    void systemdFindsNothingWrong() throws Exception {
        List<String> names = units.stream().map(Path::toString).toList();
        Command.Result result = Command.in(folder, "systemd-analyze", "verify", "--man=yes")
                .plus(names.toArray(String[]::new))
                .with("MANPATH", DIST.resolve("man") + ":")
                .run();
        assertEquals("", result.output());
        assertEquals(0, result.exit());
    }

    @Test
    void theyExposeLittle() throws Exception {
        assertFalse(services().isEmpty());
        for (Path service : services()) {
            Command.Result result = Command.in(
                            folder,
                            "systemd-analyze",
                            "security",
                            "--offline=true",
                            "--threshold=" + EXPOSURE,
                            service.toString())
                    .run();
            assertTrue(result.output().contains("Overall exposure level for " + service.getFileName()), result::output);
            assertEquals(0, result.exit(), result::output);
        }
    }

    @Test
    void usersOfTheUnitsAreMade() throws IOException {
        Set<String> made = Files.readAllLines(Path.of("conf/sysusers/socketbox")).stream()
                .filter(line -> line.startsWith("u "))
                .map(line -> line.split(" +")[1])
                .collect(Collectors.toSet());
        for (Path service : services()) {
            List<String> users = Files.readAllLines(service).stream()
                    .filter(line -> line.matches("(User|Group|SupplementaryGroups)=.*"))
                    .flatMap(line ->
                            List.of(line.substring(line.indexOf('=') + 1).split(" ")).stream())
                    .toList();
            assertFalse(users.isEmpty(), service::toString);
            assertTrue(made.containsAll(users), () -> service + ": " + users);
        }
    }
}
