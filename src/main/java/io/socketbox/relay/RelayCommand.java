package io.socketbox.relay;

import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Platform;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.UnsupportedPlatformException;
import io.socketbox.observe.EventLog;
import io.socketbox.program.Invocation;
import io.socketbox.program.LogWriter;
import io.socketbox.program.ServiceManager;
import io.socketbox.program.SetupException;
import io.socketbox.program.SignalHandling;
import io.socketbox.program.UsageException;
import io.socketbox.program.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The program from its command line to its exit code. Never ends the process itself. */
final class RelayCommand {
    /** Ended as asked. */
    static final int OK = 0;
    /** Bad usage, a failed start, or an error of its own. */
    static final int FAILED = 1;

    private final RelayOptions options;
    private final Invocation invocation;
    private final EventLog log;

    private RelayCommand(RelayOptions options, Invocation invocation, EventLog log) {
        this.options = options;
        this.invocation = invocation;
        this.log = log;
    }

    /** Does what the command line asks for; returns the exit code. */
    static int run(Invocation invocation) {
        EventLog log = new EventLog(RelayOptions.PROGRAM, invocation.err());
        try {
            Platform.require();
            RelayOptions options = RelayOptions.read(invocation.arguments());
            switch (options.mode()) {
                case HELP -> invocation.out().print(RelayHelp.text());
                case VERSION -> invocation.out().print(RelayOptions.PROGRAM + " " + Version.current() + "\n");
                case SERVE -> {
                    return new RelayCommand(options, invocation, log).serve();
                }
            }
            return OK;
        } catch (UsageException | SetupException | LinuxException | UnsupportedPlatformException e) {
            e.getMessage().lines().forEach(log::write);
            return FAILED;
        }
    }

    private int serve() throws SetupException {
        Budget budget = Budget.raise(log);
        List<RelaySpec> specs = options.file() == null ? List.of(options.service()) : checked(options.file());
        if (options.file() == null) {
            checkTransparent(specs);
        }
        List<RelayAgent.Opened> opened = new ArrayList<>();
        for (RelaySpec spec : specs) {
            opened.add(new RelayAgent.Opened(spec, Source.open(spec.intake())));
        }
        StreamCheck check = StreamCheck.of(invocation.environment().get(StreamCheck.VARIABLE));
        ServiceManager manager = new ServiceManager(invocation.environment().get("NOTIFY_SOCKET"), log);
        RelayAgent agent = new RelayAgent(opened, budget, check, this::reread, options.graceNs(), log);
        LogWriter writer = new LogWriter(log, agent.over());
        SignalHandling.install(
                "taking no more connections; waiting for those there are",
                () -> {
                    manager.say(ServiceManager.STOPPING);
                    agent.stop();
                },
                agent::reload,
                log,
                invocation.halt());
        agent.start();
        log.write("ready: " + (specs.size() == 1 ? describe(specs.getFirst()) : specs.size() + " services") + "; up to "
                + budget.connections() + " connections");
        manager.say(ServiceManager.READY);
        writer.run();
        return agent.failed() ? FAILED : OK;
    }

    private List<RelaySpec> reread() throws SetupException {
        if (options.file() == null) {
            throw new SetupException("SIGHUP reads the file of -f anew, and there is none");
        }
        return checked(options.file());
    }

    private static List<RelaySpec> checked(String file) throws SetupException {
        List<RelaySpec> specs = RelayFile.read(file);
        checkTransparent(specs);
        return specs;
    }

    private static void checkTransparent(List<RelaySpec> specs) throws SetupException {
        if (specs.stream().anyMatch(RelaySpec::transparent)) {
            int probe = Sockets.socket(Sockets.AF_INET6, Sockets.STREAM);
            try {
                Sockets.setOption(probe, SocketOption.IPV6_TRANSPARENT, 1);
            } catch (LinuxException e) {
                String advice = e.errno() == Errno.EPERM ? "; --transparent takes CAP_NET_ADMIN" : "";
                throw new SetupException(e.getMessage() + advice, e);
            } finally {
                Descriptors.close(probe);
            }
        }
    }

    private static String describe(RelaySpec spec) {
        String targets = spec.targets().stream().map(Target::display).collect(Collectors.joining(", "));
        return spec.intake().display() + " to " + targets;
    }
}
