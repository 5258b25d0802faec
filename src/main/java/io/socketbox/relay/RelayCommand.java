package io.socketbox.relay;

import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.TaskDirectory;
import io.socketbox.observe.EventLog;
import io.socketbox.program.Account;
import io.socketbox.program.Invocation;
import io.socketbox.program.PrivilegePlan;
import io.socketbox.program.Privileges;
import io.socketbox.program.SetupException;
import io.socketbox.program.Version;
import io.socketbox.receive.Program;
import io.socketbox.receive.RaisedLimit;
import io.socketbox.receive.Renewal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What socketbox-relay does with a command line. */
final class RelayCommand {
    private final RelayOptions options;
    private final Invocation invocation;
    private final Program program;
    private final EventLog log;

    private RelayCommand(RelayOptions options, Invocation invocation, Program program, EventLog log) {
        this.options = options;
        this.invocation = invocation;
        this.program = program;
        this.log = log;
    }

    /** Does what the command line asks for; returns the exit code. */
    static int run(Invocation invocation) {
        EventLog log = new EventLog(RelayOptions.PROGRAM, invocation.err());
        Program program = new Program(invocation, log);
        return program.run(() -> {
            RelayOptions options = RelayOptions.read(invocation.arguments());
            RelayCommand command = new RelayCommand(options, invocation, program, log);
            switch (options.task()) {
                case HELP -> invocation.out().print(RelayHelp.text());
                case VERSION -> invocation.out().print(RelayOptions.PROGRAM + " " + Version.current() + "\n");
                case CHECK ->
                    command.services().forEach(spec -> invocation.out().print(spec.describe() + "\n"));
                case SERVE -> {
                    return command.serve();
                }
            }
            return Program.OK;
        });
    }

    private List<RelaySpec> services() throws SetupException {
        return options.file() == null ? List.of(options.service()) : RelayFile.read(options.file());
    }

    private int serve() throws SetupException {
        log.configure(options.log().settings());
        Budget budget = Budget.divide(RaisedLimit.raise(log).free(Budget.LEAST));
        List<RelaySpec> specs = services();
        checkTransparent(specs);
        List<RelayAgent.Opened> opened = new ArrayList<>();
        for (RelaySpec spec : specs) {
            opened.add(new RelayAgent.Opened(spec, Source.open(spec.intake())));
        }
        become(options.user());
        StreamCheck check = StreamCheck.of(invocation.environment().get(StreamCheck.VARIABLE));
        Renewal<RelaySpec> renewal = new Renewal<>(this::reread, log);
        return program.serve(
                new RelayAgent(opened, budget, check, renewal, options.graceNs(), log),
                (specs.size() == 1 ? specs.getFirst().describe() : specs.size() + " services") + "; up to "
                        + budget.connections() + " connections",
                "taking no more connections; waiting for those there are");
    }

    /** For good: nothing that a relay does takes privileges, but for what is refused beforehand. */
    private static void become(Account user) throws SetupException {
        if (user == null) {
            return;
        }
        OptionalInt uid = user.uid() == Account.NONE ? OptionalInt.empty() : OptionalInt.of(user.uid());
        OptionalInt gid = user.gid() == Account.NONE ? OptionalInt.empty() : OptionalInt.of(user.gid());
        PrivilegePlan plan = new PrivilegePlan(uid, gid, Optional.of(List.of()));
        try (TaskDirectory tasks = new TaskDirectory()) {
            Privileges.change(plan);
            Privileges.restrict();
            Privileges.verify(plan, tasks.read());
        }
    }

    private List<RelaySpec> reread() throws SetupException {
        if (options.file() == null) {
            throw new SetupException("SIGHUP reads the file of -f anew, and there is none");
        }
        List<RelaySpec> specs = services();
        checkTransparent(specs);
        return specs;
    }

    private void checkTransparent(List<RelaySpec> specs) throws SetupException {
        if (specs.stream().anyMatch(RelaySpec::transparent)) {
            if (options.user() != null) {
                throw new SetupException(
                        "--transparent takes CAP_NET_ADMIN, which --user gives up: leave one of them out");
            }
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
}
