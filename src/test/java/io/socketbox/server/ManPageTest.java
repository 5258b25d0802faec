package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manual pages say what the code says. */
class ManPageTest {
    private static final Path PROGRAM = Path.of("man/socketbox.8");

    @Test
    void optionsAreThoseOfTheProgram() throws IOException {
        String expected = ".Bl -tag -width Ds\n" + HelpPages.manualOptions() + ".El\n";
        assertTrue(Files.readString(PROGRAM).contains(expected), () -> "the list of options should be\n" + expected);
    }

    @Test
    void exitCodesAreThoseOfTheProgram() throws IOException {
        String expected = ".Sh EXIT STATUS\n.Bl -tag -width Ds\n" + HelpPages.manualExitStatus() + ".El\n";
        assertTrue(Files.readString(PROGRAM).contains(expected), () -> "the list of codes should be\n" + expected);
    }

    @Test
    void sectionsAreThereInTheUsualOrder() throws IOException {
        List<String> expected = List.of(
                "NAME",
                "SYNOPSIS",
                "DESCRIPTION",
                "LISTENERS",
                "DESTINATIONS",
                "RELOAD",
                "TAKEOVER",
                "STATUS",
                "PRIVILEGES",
                "SIGNALS",
                "ENVIRONMENT",
                "FILES",
                "EXIT STATUS",
                "EXAMPLES",
                "SEE ALSO",
                "NOTES",
                "CAVEATS");
        assertEquals(
                expected,
                Files.readAllLines(PROGRAM).stream()
                        .filter(line -> line.startsWith(".Sh "))
                        .map(line -> line.substring(4))
                        .toList());
    }

    @Test
    void everyOptionThatTextMentionsExists() throws IOException {
        String page = Files.readString(PROGRAM) + Files.readString(Path.of("man/socketbox.conf.5"));
        Matcher names = Pattern.compile("Fl Fl ([a-z-]+)").matcher(page);
        int found = 0;
        for (; names.find(); found++) {
            String name = names.group(1);
            assertTrue(
                    List.of(ServerOption.values()).stream()
                            .anyMatch(o -> o.longName().equals(name)),
                    name);
        }
        assertTrue(found > ServerOption.values().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"man/socketbox.8", "man/socketbox.conf.5"})
    void listsAndBlocksAreClosed(String page) throws IOException {
        String text = Files.readString(Path.of(page));
        assertEquals(count(text, "(?m)^\\.Bl "), count(text, "(?m)^\\.El$"));
        assertEquals(count(text, "(?m)^\\.Bd "), count(text, "(?m)^\\.Ed$"));
        assertEquals(0, count(text, "[ \t]\n"), "blanks at the ends of lines");
    }

    private static long count(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }
}
