package io.socketbox.inetd;

import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.Credentials;
import io.socketbox.linux.TaskDirectory;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
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

/** What socketbox-inetd and socketbox-inetd-p do with a command line. */
final class InetdCommand {
    private final InetdOptions options;
    private final Invocation invocation;
    private final Program program;
    private final EventLog log;

    private InetdCommand(InetdOptions options, Invocation invocation, Program program, EventLog log) {
        this.options = options;
        this.invocation = invocation;
        this.program = program;
        this.log = log;
    }

    /** Does what the command line asks for; returns the exit code. */
    static int run(InetdProgram which, Invocation invocation) {
        EventLog log = new EventLog(which.programName(), invocation.err());
        Program program = new Program(invocation, log);
        return program.run(() -> {
            InetdOptions options = InetdOptions.read(which, invocation.arguments());
            InetdCommand command = new InetdCommand(options, invocation, program, log);
            switch (options.task()) {
                case HELP -> invocation.out().print(InetdHelp.of(which));
                case VERSION -> invocation.out().print(which.programName() + " " + Version.current() + "\n");
                case CHECK ->
                    command.services().forEach(spec -> invocation.out().print(spec.describe() + "\n"));
                case SERVE -> {
                    return command.serve();
                }
            }
            return Program.OK;
        });
    }

    private List<ServiceSpec> services() throws SetupException {
        return options.file() == null ? List.of(options.service()) : ServiceFile.read(options.file());
    }

    private int serve() throws SetupException {
        log.configure(options.log().settings());
        Budget budget = new Budget(RaisedLimit.raise(log));
        PrivilegePlan plan = PrivilegePlan.resolve(options.user(), options.group(), null, false);
        List<ServiceSpec> specs = services();
        List<Inetd.Opened> opened = new ArrayList<>();
        for (ServiceSpec spec : specs) {
            opened.add(new Inetd.Opened(spec, open(spec.place())));
        }
        become(plan);
        checkUsers(specs);
        StreamCheck check = StreamCheck.of(invocation.environment().get(StreamCheck.VARIABLE));
        Renewal<ServiceSpec> renewal = new Renewal<>(this::reread, log);
        return program.serve(
                new Inetd(opened, budget, check, renewal, options.graceNs(), log),
                specs.size() == 1 ? specs.getFirst().describe() : specs.size() + " services",
                "taking no more connections; waiting for children");
    }

    /** Opens a place; null for a registration that has to wait for its server. */
    private ServiceSource open(Place place) throws SetupException {
        try {
            return ServiceSource.open(place);
        } catch (SetupException e) {
            if (!place.reconnect()) {
                throw e;
            }
            log.write(Severity.WARNING, e.getMessage() + "; trying again");
            return null;
        }
    }

    /** Children may have to gain privileges (think of su in a login), so NO_NEW_PRIVS stays as it is. */
    private static void become(PrivilegePlan plan) throws SetupException {
        if (!plan.isEmpty()) {
            try (TaskDirectory tasks = new TaskDirectory()) {
                Privileges.change(plan);
                Privileges.verifyIdentity(plan, tasks.read());
            }
        }
    }

    private static void checkUsers(List<ServiceSpec> specs) throws SetupException {
        for (ServiceSpec spec : specs) {
            if (spec.user() != null && Credentials.effectiveUid() != 0) {
                throw new SetupException(spec.place().display()
                        + ": only root can run a program as another user; remove user:, or start as root without -u");
            }
        }
    }

    private List<ServiceSpec> reread() throws SetupException {
        if (options.file() == null) {
            throw new SetupException("SIGHUP reads the file of -f anew, and there is none");
        }
        List<ServiceSpec> specs = services();
        checkUsers(specs);
        return specs;
    }
}
