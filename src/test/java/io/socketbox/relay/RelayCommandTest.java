package io.socketbox.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.socketbox.program.Invocation;
import io.socketbox.receive.Program;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Command lines that need no process of their own. */
class RelayCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return RelayCommand.run(new Invocation(
                List.of(arguments),
                Map.of(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                err,
                code -> fail("halted with " + code)));
    }

    @Test
    void checkSaysWhatWouldBeServed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("services"), "-s /run/a -c ::2 -c ::3 -p 90\n-s /run/b -u /b\n");
        assertEquals(Program.OK, run("-f", file.toString(), "--check"));
        assertEquals(Program.OK, run("--check", "-l", "3"));
        assertEquals(
                List.of("/run/a to [::2]:90, [::3]:90", "/run/b to /b", "descriptor 3 to [::1]:80"),
                out.toString(StandardCharsets.UTF_8).lines().toList());
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void checkSaysEveryError(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("services"), "-s /a -c x\n-s /b\n-s /b -p 3\n");
        assertEquals(Program.FAILED, run("-f", file.toString(), "--check"));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("services:1:1") && said.contains("services:3:1"), said);
        assertTrue(said.endsWith("services: not accepted\n"), said);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void transparencyIsNotForThoseWhoGiveUpTheirPrivileges(@TempDir Path folder) {
        assertEquals(
                Program.FAILED,
                run(
                        "--user",
                        "nobody",
                        "--transparent",
                        "-s",
                        folder.resolve("s").toString()));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("--transparent takes CAP_NET_ADMIN, which --user gives up"), said);
    }

    @Test
    void helpComesFirst() {
        assertEquals(Program.OK, run("--check", "--version", "-h", "-c", "::1"));
        assertEquals(RelayHelp.text(), out.toString(StandardCharsets.UTF_8));
    }
}
