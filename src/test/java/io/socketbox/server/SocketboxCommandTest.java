package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program in this process, as far as it changes nothing about it. */
class SocketboxCommandTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(
            strings = {"-q", "-p", "-p x", "--nonsense", "stray", "-e", "-S /x -i 3", "-w 0", "--queue=-1", "-P 1"})
    void badUsageIsOneLineAnd1(String line) {
        assertEquals(1, run(line.split(" ")));
        assertTrue(err().matches("socketbox: [^\n]+\n"), err());
        assertEquals("", out());
    }

    @Test
    void helpAndVersionGoToStandardOutput() {
        assertEquals(0, run("--help"));
        assertTrue(out().startsWith("Usage:"), out());
        out.reset();
        assertEquals(0, run("-V"));
        assertTrue(out().startsWith("socketbox "), out());
        assertEquals("", err());
    }

    @Test
    void checkShowsWhatAConfigurationWouldDo() throws IOException {
        String good = write("rule-set:0\nip:2001:db8::/32 jump-unix:/run/a\ndefault jump-unix:/run/b\n");
        assertEquals(0, run("--check", "-f", good), err());
        assertTrue(out().contains("/run/a") || out().contains("2 destinations"), out());
    }

    @Test
    void checkShowsEveryErrorAndIs1() throws IOException {
        String bad = write("rule-set:0\nip:x jump-unix:/run/a\nport:99999 fail\n");
        assertEquals(1, run("--check", "-f", bad));
        assertTrue(out().contains(bad + ":2:"), out());
        assertTrue(out().contains(bad + ":3:"), out());
        assertEquals("socketbox: " + bad + ": not accepted\n", err());
    }

    @Test
    void warningsCountUnderStrictOnly() throws IOException {
        String doubtful = write("rule-set:0\nip:::1 jump-rule:7\ndefault fail\n");
        assertEquals(0, run("--check", "-f", doubtful), out());
        assertTrue(out().contains("warning: "), out());
        assertEquals(1, run("--check", "--strict", "-f", doubtful), out());
    }

    @Test
    void explainSaysWhereAConnectionGoes() throws IOException {
        String file = write("rule-set:0\nip:2001:db8::/32 port:81 jump-unix:/run/a\nrip:::5 jump-unix:/run/b\n");
        assertEquals(0, run("-f", file, "--explain", "[2001:db8::1]:81"), err());
        assertTrue(out().contains("/run/a"), out());
        out.reset();
        assertEquals(0, run("-f", file, "--explain", "2001:db8::1", "::5"), err());
        assertTrue(out().contains("/run/b"), out());
        out.reset();
        assertEquals(0, run("-f", file, "-p", "81", "--explain=2001:db8::1"), err());
        assertTrue(out().contains("/run/a"), out());
    }

    @Test
    void explainRefusesWhatIsNoAddress() throws IOException {
        assertEquals(1, run("-f", write("rule-set:0\n"), "--explain", "example.org"));
        assertTrue(err().matches("socketbox: --explain [^\n]*example.org[^\n]*\n"), err());
    }

    @Test
    void configurationThatCannotBeOpenedIsExplained() {
        assertEquals(1, run("--check", "-f", folder + "/none"));
        assertEquals(
                "socketbox: open " + folder + "/none: ENOENT (No such file or directory);"
                        + " name the configuration with -f FILE, or skip the rules with -S PATH\n",
                err());
        err.reset();
        assertEquals(1, run("--check", "-f", folder.toString()));
        assertTrue(err().contains("EISDIR (Is a directory)"), err());
    }

    @Test
    void namesThatAreNotAsciiAreShownAsText() {
        String name = new String("/gr\u00fc\u00df".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertEquals(1, run("--check", "-f", name));
        assertTrue(err().startsWith("socketbox: open /gr\u00fc\u00df: ENOENT"), err());
    }

    private String write(String configuration) throws IOException {
        return Files.writeString(folder.resolve("c.conf"), configuration).toString();
    }

    private int run(String... arguments) {
        PrintStream shown = new PrintStream(out, true, StandardCharsets.UTF_8);
        List<String> command = List.of(arguments);
        return SocketboxCommand.run(new Invocation(command, shown, err, command, -1, code -> {
            throw new AssertionError("halted with " + code);
        }));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
