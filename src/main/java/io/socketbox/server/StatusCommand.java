package io.socketbox.server;

import io.socketbox.program.SetupException;
import io.socketbox.server.control.ControlClient;
import java.io.Console;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** {@code socketbox --status}: asks a running server, once or every second. */
final class StatusCommand {
    private static final long INTERVAL_MS = 1_000;
    private static final String CLEAR = "\033[H\033[J";

    private StatusCommand() {}

    /**
     * Prints what the server says: on a terminal the newest in place of the one before, else one after the other.
     *
     * @return the exit code; with {@code --watch}, only once nobody reads any more.
     * @throws SetupException when the server does not answer.
     */
    static int run(ServerOptions options, PrintStream out) throws SetupException {
        ControlClient client = new ControlClient(options.controlPath());
        String request = options.json() ? "status json" : "status";
        boolean redraws = options.watch() && !options.json() && onTerminal();
        String between = redraws || options.json() ? "" : "\n";
        String answer = client.ask(request);
        while (true) {
            out.print((redraws ? CLEAR : "") + answer);
            out.flush();
            if (!options.watch() || out.checkError() || !pause()) {
                return ExitCode.OK;
            }
            answer = between + client.ask(request);
        }
    }

    @SuppressWarnings("SystemConsoleNull") // It still is, with a runtime that has no module for consoles.
    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
