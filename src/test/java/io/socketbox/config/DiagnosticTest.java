package io.socketbox.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What people see of each mistake, to the letter; most of it is in diagnostics.txt. */
class DiagnosticTest {

    static Stream<Arguments> catalogue() throws IOException {
        try (InputStream in = DiagnosticTest.class.getResourceAsStream("diagnostics.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(text.split("(?m)^== ")).skip(1).map(DiagnosticTest::example);
        }
    }

    private static Arguments example(String example) {
        int titleEnd = example.indexOf('\n');
        int separator = example.indexOf("\n--\n");
        return Arguments.of(
                example.substring(0, titleEnd),
                example.substring(titleEnd + 1, separator + 1),
                example.substring(separator + 4).stripTrailing() + "\n");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("catalogue")
    void isToldLikeThis(String title, String text, String expected) {
        assertEquals(expected, parse(text).renderDiagnostics(), title);
    }

    @Test
    void aZeroByteIsNamed() {
        assertEquals("""
                error: unexpected byte 0x00 in a path
                  --> a.conf:2:15
                   |
                 2 | jump-unix:/run\ufffd/a
                   |               ^
                   = hint: remove it

                a.conf: 1 error
                """, parse("rule-set:0\njump-unix:/run\0/a\n").renderDiagnostics());
    }

    @Test
    void veryManyMistakesAreCounted() {
        Configuration configuration = parse("rule-set:0\n" + "ip:x fail\n".repeat(1000) + "fail default\n");
        assertEquals(1001, configuration.errorCount());
        assertEquals(Diagnostics.MAX_KEPT, configuration.diagnostics().size());
        assertEquals(
                "a.conf: 1001 errors (901 not shown)",
                configuration.renderDiagnostics().lines().reduce("", (a, b) -> b));
    }

    @Test
    void longLinesAreCutAroundTheMistake() {
        Diagnostic mistake = parse("rule-set:0\nport:" + "80,".repeat(200) + "x fail # " + "-".repeat(200) + "\n")
                .diagnostics()
                .get(0);
        String[] lines = mistake.render().split("\n");
        assertEquals(606, mistake.column());
        assertEquals(" 2 | \u2026" + "80,".repeat(13) + "x fail # " + "-".repeat(112) + "\u2026", lines[3]);
        assertEquals("   | " + " ".repeat(40) + "^", lines[4]);
    }

    private static Configuration parse(String text) {
        return Configuration.parse(text.getBytes(StandardCharsets.UTF_8), "a.conf", false);
    }
}
