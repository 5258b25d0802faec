package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HelpPagesTest {
    @Test
    void helpNamesEveryOptionWithItsValue() {
        String help = HelpPages.help();
        for (ServerOption option : ServerOption.values()) {
            String names = (option.letter() == '\0' ? "" : "-" + option.letter() + ", ") + "--" + option.longName();
            String shown = option.takesValue() ? names + "=" + option.valueName() : names;
            assertTrue(help.contains(shown), () -> shown + " is missing in\n" + help);
        }
        assertTrue(help.contains("fe80::1%eth0"), help);
    }

    @Test
    void everyExitCodeIsExplained() throws IllegalAccessException {
        Set<String> explained = new HashSet<>();
        HelpPages.exitStatus().forEach(line -> explained.add(line.substring(0, line.indexOf(' '))));
        Set<String> known = new HashSet<>();
        for (Field code : ExitCode.class.getDeclaredFields()) {
            int number = code.getInt(null);
            known.add(number == ExitCode.SIGNALLED ? number + "+N" : Integer.toString(number));
        }
        assertEquals(known, explained);
    }

    @Test
    void helpFitsInto100Columns() {
        for (String line : HelpPages.help().split("\n")) {
            assertTrue(line.length() <= 100, line);
        }
    }

    @Test
    void manualHasOneItemForEachOption() {
        Matcher items = Pattern.compile("(?m)^\\.It .*Fl Fl ([a-z-]+)").matcher(HelpPages.manualOptions());
        for (ServerOption option : ServerOption.values()) {
            assertTrue(items.find());
            assertEquals(option.longName(), items.group(1));
        }
    }

    @Test
    void completionOffersEveryLongName() {
        String script = HelpPages.bashCompletion();
        for (ServerOption option : ServerOption.values()) {
            assertTrue(script.contains("--" + option.longName()), option.longName());
        }
    }
}
