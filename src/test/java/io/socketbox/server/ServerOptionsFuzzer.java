package io.socketbox.server;

import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.testing.Fuzzed;

/** Any bytes as the command line of the server, and where it would listen then. */
public final class ServerOptionsFuzzer {
    private ServerOptionsFuzzer() {}

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            ServerOptions options = ServerOptions.read(Fuzzed.arguments(input));
            for (ListenAddress each : options.listenAddresses()) {
                each.resolve();
            }
        } catch (UsageException | SetupException refused) {
            Fuzzed.checkLine(refused.getMessage());
        }
    }
}
