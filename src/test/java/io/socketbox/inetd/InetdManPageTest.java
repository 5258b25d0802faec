package io.socketbox.inetd;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Manual pages and completion say what the code says. */
class InetdManPageTest {
    private static String page(InetdProgram program) throws IOException {
        return Files.readString(Path.of("man", program.programName() + ".8"));
    }

    @ParameterizedTest
    @EnumSource
    void optionsAreThoseOfTheProgram(InetdProgram program) throws IOException {
        String expected = ".Bl -tag -width Ds\n" + OptionText.manual(program.options()) + ".El\n";
        assertTrue(page(program).contains(expected), () -> "the list of options should be\n" + expected);
    }

    @Test
    void tokensAreThoseOfTheFile() throws IOException {
        String expected = ".Bl -tag -width Ds\n" + OptionText.manualTokens(List.of(ServiceToken.values())) + ".El\n";
        assertTrue(page(InetdProgram.SOCKET).contains(expected), () -> "the list of tokens should be\n" + expected);
    }

    @ParameterizedTest
    @EnumSource
    void listsAndBlocksAreClosed(InetdProgram program) throws IOException {
        String text = page(program);
        assertEquals(count(text, "(?m)^\\.Bl "), count(text, "(?m)^\\.El$"));
        assertEquals(count(text, "(?m)^\\.Bd "), count(text, "(?m)^\\.Ed$"));
        assertEquals(0, count(text, "[ \t]\n"), "blanks at the ends of lines");
    }

    @ParameterizedTest
    @EnumSource
    void theCompletionIsWhatTheOptionsGenerate(InetdProgram program) {
        String name = program.programName();
        Shipped.assertIs(Path.of("conf", "bash-completion", name), Completion.bash(name, program.options(), true));
    }

    private static long count(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }
}
