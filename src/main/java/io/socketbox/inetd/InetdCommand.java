package io.socketbox.inetd;

import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Credentials;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Platform;
import io.socketbox.linux.TaskDirectory;
import io.socketbox.linux.UnsupportedPlatformException;
import io.socketbox.observe.EventLog;
import io.socketbox.program.Invocation;
import io.socketbox.program.LogWriter;
import io.socketbox.program.PrivilegePlan;
import io.socketbox.program.Privileges;
import io.socketbox.program.ServiceManager;
import io.socketbox.program.SetupException;
import io.socketbox.program.SignalHandling;
import io.socketbox.program.UsageException;
import io.socketbox.program.Version;
import java.util.ArrayList;
import java.util.List;

/** A program from its command line to its exit code. Never ends the process itself. */
final class InetdCommand {
    /** Ended as asked, or the server that it registered with went away. */
    static final int OK = 0;
    /** Bad usage, a failed start, or an error of its own. */
    static final int FAILED = 1;

    private final InetdOptions options;
    private final Invocation invocation;
    private final EventLog log;

    private InetdCommand(InetdOptions options, Invocation invocation, EventLog log) {
        this.options = options;
        this.invocation = invocation;
        this.log = log;
    }

    /** Does what the command line asks for; returns the exit code. */
    static int run(InetdProgram program, Invocation invocation) {
        EventLog log = new EventLog(program.programName(), invocation.err());
        try {
            Platform.require();
            InetdOptions options = InetdOptions.read(program, invocation.arguments());
            switch (options.mode()) {
                case HELP -> invocation.out().print(InetdHelp.of(program));
                case VERSION -> invocation.out().print(program.programName() + " " + Version.current() + "\n");
                case SERVE -> {
                    return new InetdCommand(options, invocation, log).serve();
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
        PrivilegePlan plan = PrivilegePlan.resolve(options.user(), options.group(), null, false);
        List<ServiceSpec> specs =
                options.file() == null ? List.of(options.service()) : ServiceFile.read(options.file());
        List<Inetd.Opened> opened = new ArrayList<>();
        for (ServiceSpec spec : specs) {
            opened.add(new Inetd.Opened(spec, open(spec.place())));
        }
        become(plan);
        checkUsers(specs);
        StreamCheck check = StreamCheck.of(invocation.environment().get(StreamCheck.VARIABLE));
        ServiceManager manager = new ServiceManager(invocation.environment().get("NOTIFY_SOCKET"), log);
        return run(new Inetd(opened, budget, check, this::reread, options.graceNs(), log), specs, manager);
    }

    /** Opens a place; null for a registration that has to wait for its server. */
    private ServiceSource open(Place place) throws SetupException {
        try {
            return ServiceSource.open(place);
        } catch (SetupException e) {
            if (!place.reconnect()) {
                throw e;
            }
            log.write(e.getMessage() + "; trying again");
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
        List<ServiceSpec> specs = ServiceFile.read(options.file());
        checkUsers(specs);
        return specs;
    }

    private int run(Inetd inetd, List<ServiceSpec> specs, ServiceManager manager) {
        LogWriter writer = new LogWriter(log, inetd.over());
        SignalHandling.install(
                "taking no more connections; waiting for children",
                () -> {
                    manager.say(ServiceManager.STOPPING);
                    inetd.stop();
                },
                inetd::reload,
                log,
                invocation.halt());
        inetd.start();
        log.write("ready: " + (specs.size() == 1 ? describe(specs.getFirst()) : specs.size() + " services"));
        manager.say(ServiceManager.READY);
        writer.run();
        return inetd.failed() ? FAILED : OK;
    }

    private static String describe(ServiceSpec spec) {
        return ByteStrings.display(spec.program().getFirst()) + " at "
                + spec.place().display();
    }
}
