package io.socketbox.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.program.Completion;
import io.socketbox.program.OptionText;
import io.socketbox.testing.Shipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Manual page and completion say what the code says. */
class RelayManPageTest {
    private static final Path PAGE = Path.of("man", "socketbox-relay.8");

    @Test
    void optionsAreThoseOfTheProgram() throws IOException {
        String expected = ".Bl -tag -width Ds\n" + OptionText.manual(List.of(RelayOption.values())) + ".El\n";
        assertTrue(Files.readString(PAGE).contains(expected), () -> "the list of options should be\n" + expected);
    }

    @Test
    void listsAndBlocksAreClosed() throws IOException {
        String text = Files.readString(PAGE);
        assertEquals(count(text, "(?m)^\\.Bl "), count(text, "(?m)^\\.El$"));
        assertEquals(count(text, "(?m)^\\.Bd "), count(text, "(?m)^\\.Ed$"));
        assertEquals(0, count(text, "[ \t]\n"), "blanks at the ends of lines");
    }

    @Test
    void helpNamesEveryOption() {
        for (RelayOption option : RelayOption.values()) {
            assertTrue(RelayHelp.text().contains("--" + option.longName()), option::name);
        }
    }

    @Test
    void theCompletionIsWhatTheOptionsGenerate() {
        Shipped.assertIs(
                Path.of("conf", "bash-completion", RelayOptions.PROGRAM),
                Completion.bash(RelayOptions.PROGRAM, List.of(RelayOption.values()), false));
    }

    private static long count(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }
}
