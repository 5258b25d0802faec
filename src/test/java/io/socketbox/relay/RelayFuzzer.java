package io.socketbox.relay;

import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.testing.Fuzzed;
import java.util.List;

/** Any bytes as a file of services, or as a command line. */
public final class RelayFuzzer {
    private RelayFuzzer() {}

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            if (Fuzzed.choice(input, 2) == 0) {
                check(RelayFile.parse("services", Fuzzed.rest(input)));
            } else {
                RelayOptions options = RelayOptions.read(Fuzzed.arguments(input));
                check(options.service() == null ? List.of() : List.of(options.service()));
            }
        } catch (UsageException refused) {
            Fuzzed.checkLine(refused.getMessage());
        } catch (SetupException refused) {
            Fuzzed.checkLines(refused.getMessage());
        }
    }

    private static void check(List<RelaySpec> services) {
        for (RelaySpec each : services) {
            Fuzzed.checkLine(each.intake().display());
            Fuzzed.check(!each.targets().isEmpty(), "a service without a target", each.toString());
        }
    }
}
