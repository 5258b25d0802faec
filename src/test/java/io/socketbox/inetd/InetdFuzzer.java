package io.socketbox.inetd;

import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.testing.Fuzzed;

/** Any bytes as a file of services, or as a command line of either program. */
public final class InetdFuzzer {
    private static final int CHOICES = 1 + InetdProgram.values().length;

    private InetdFuzzer() {}

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        int choice = Fuzzed.choice(input, CHOICES);
        try {
            if (choice == 0) {
                ServiceFile.parse("services", Fuzzed.rest(input))
                        .forEach(each -> Fuzzed.checkLine(each.place().display()));
            } else {
                InetdOptions.read(InetdProgram.values()[choice - 1], Fuzzed.arguments(input));
            }
        } catch (UsageException refused) {
            Fuzzed.checkLine(refused.getMessage());
        } catch (SetupException refused) {
            Fuzzed.checkLines(refused.getMessage());
        }
    }
}
