package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The README says what the code says. */
class ReadmeTest {
    private List<String> lines;

    @BeforeEach
    void read() throws IOException {
        lines = Files.readAllLines(Path.of("README.md"));
    }

    @Test
    void optionsAreThoseOfTheProgram() {
        assertEquals(
                Arrays.stream(ServerOption.values()).map(HelpPages::tableRow).toList(),
                lines.stream()
                        .filter(line -> line.matches("\\| (`-.` )?\\| `--.*"))
                        .toList());
    }

    @Test
    void exitCodesAreThoseOfTheProgram() {
        List<String> expected = HelpPages.exitStatus().stream()
                .map(line -> "| " + line.replaceFirst(" ", " | ") + " |")
                .toList();
        assertEquals(
                expected,
                lines.stream()
                        .filter(line -> line.matches("\\| \\d[^ ]* \\| .*"))
                        .toList());
    }

    @Test
    void theHeapIsThatOfTheLaunchers() throws IOException {
        Matcher option = Pattern.compile("-Xmx(\\d+)m").matcher(Files.readString(Path.of("src/main/sh/launcher.sh")));
        assertTrue(option.find());
        String heap = option.group(1) + " MiB";
        assertTrue(String.join(" ", lines).contains("outside the heap of " + heap), heap);
        assertTrue(Files.readString(Path.of("man/socketbox.8")).contains("The heap is " + heap), heap);
    }

    @Test
    void filesThatItLinksToExist() {
        Matcher links = Pattern.compile("]\\(([^)#:]+)\\)").matcher(String.join("\n", lines));
        int found = 0;
        for (; links.find(); found++) {
            assertTrue(Files.exists(Path.of(links.group(1))), links.group(1));
        }
        assertTrue(found > 0);
    }
}
