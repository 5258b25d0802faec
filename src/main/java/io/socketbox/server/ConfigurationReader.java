package io.socketbox.server;

import io.socketbox.config.Configuration;
import io.socketbox.linux.ByteStrings;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.SetupException;
import io.socketbox.route.Routes;

/** Turns the configuration into routes, and logs what there is to say about it. */
final class ConfigurationReader {
    private final ServerOptions options;
    private final EventLog log;

    ConfigurationReader(ServerOptions options, EventLog log) {
        this.options = options;
        this.log = log;
    }

    /**
     * Reads and compiles.
     *
     * @param file open; released here.
     * @throws SetupException when it has errors, which are logged by then, or memory does not suffice.
     */
    Routes read(ConfigurationFile file) throws SetupException {
        try (Configuration configuration = file.parse(options.substitute())) {
            boolean refused = configuration.errorCount() > 0;
            configuration
                    .renderDiagnostics()
                    .lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> log.write(refused ? Severity.ERROR : Severity.WARNING, line));
            if (refused) {
                throw new SetupException(ByteStrings.display(options.configPath())
                        + ": not accepted; socketbox --check shows the errors without starting");
            }
            return configuration.compile();
        } catch (OutOfMemoryError e) {
            throw file.tooLarge(e);
        } finally {
            file.release();
        }
    }
}
