package io.socketbox.server;

import io.socketbox.config.Configuration;
import io.socketbox.config.Endpoint;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Platform;
import io.socketbox.linux.UnsupportedPlatformException;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.program.Version;
import io.socketbox.server.control.ControlClient;
import io.socketbox.server.takeover.Activation;
import java.util.List;

/** The socketbox program from its command line to its exit code. Never ends the process itself. */
final class SocketboxCommand {
    private static final Endpoint ANY_PEER = new Endpoint(0, 0, 0);

    private SocketboxCommand() {}

    /**
     * Does what the command line asks for. With {@code -e} it only returns when that failed.
     *
     * @param invocation what the program was given.
     * @return the exit code, see {@link ExitCode}.
     */
    static int run(Invocation invocation) {
        EventLog log = new EventLog(invocation.err());
        try {
            Platform.require();
            ServerOptions options = ServerOptions.read(invocation.arguments());
            return switch (options.mode()) {
                case HELP -> print(invocation, HelpPages.help());
                case VERSION -> print(invocation, "socketbox " + Version.current() + "\n");
                case STATUS -> StatusCommand.run(options, invocation.out());
                case PING -> print(invocation, new ControlClient(options.controlPath()).ask("ping"));
                case RELOAD -> print(invocation, new ControlClient(options.controlPath()).ask("reload"));
                case CHECK -> check(invocation, options, log);
                case EXPLAIN -> explain(invocation, options);
                case SERVE, EXECUTE -> serve(invocation, options, log);
            };
        } catch (UsageException | SetupException | LinuxException | UnsupportedPlatformException e) {
            log.write(Severity.ERROR, e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private static int print(Invocation invocation, String text) {
        invocation.out().print(text);
        return ExitCode.OK;
    }

    private static int serve(Invocation invocation, ServerOptions options, EventLog log) throws SetupException {
        if (options.daemonize() && invocation.readyFd() < 0) {
            if (Activation.isMeant(System.getenv())) {
                throw new SetupException("-d: the process in the background would not get the sockets of the service"
                        + " manager (LISTEN_FDS), which starts it there anyway: leave -d out");
            }
            return Daemon.start(invocation.commandLine());
        }
        log.configure(options.log().settings());
        Readiness readiness = new Readiness(invocation.readyFd());
        List<Integer> inherited = InheritedDescriptors.find(invocation.commandLine());
        return new Server(options, invocation, inherited, readiness, log).run();
    }

    private static int check(Invocation invocation, ServerOptions options, EventLog log) throws SetupException {
        try (Configuration configuration = read(options)) {
            print(invocation, configuration.renderDiagnostics());
            boolean refused = configuration.errorCount() > 0 || (options.strict() && configuration.warningCount() > 0);
            if (configuration.errorCount() == 0) {
                print(invocation, configuration.summary());
            }
            if (refused) {
                log.write(Severity.ERROR, options.configPath() + ": not accepted");
            }
            return refused ? ExitCode.FAILED : ExitCode.OK;
        }
    }

    private static int explain(Invocation invocation, ServerOptions options) throws SetupException {
        int defaultPort = options.listenAddresses().getFirst().port();
        Endpoint local = endpoint(options.explainLocal(), defaultPort);
        Endpoint peer = options.explainRemote() == null ? ANY_PEER : endpoint(options.explainRemote(), 0);
        try (Configuration configuration = read(options)) {
            if (configuration.errorCount() > 0) {
                print(invocation, configuration.renderDiagnostics());
                return ExitCode.FAILED;
            }
            return print(invocation, configuration.explain(local, peer));
        }
    }

    private static Endpoint endpoint(String text, int defaultPort) throws SetupException {
        try {
            return Endpoint.parse(text, defaultPort);
        } catch (IllegalArgumentException e) {
            throw new SetupException("--explain " + e.getMessage(), e);
        }
    }

    private static Configuration read(ServerOptions options) throws SetupException {
        try (ConfigurationFile file = ConfigurationFile.open(options.configPath())) {
            return file.parse(options.substitute());
        }
    }
}
