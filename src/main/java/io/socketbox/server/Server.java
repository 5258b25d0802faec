package io.socketbox.server;

import io.socketbox.dispatch.Engine;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Credentials;
import io.socketbox.linux.Errno;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.NativeMemory;
import io.socketbox.linux.Processes;
import io.socketbox.linux.TaskDirectory;
import io.socketbox.linux.ThreadStatus;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.PrivilegePlan;
import io.socketbox.program.Privileges;
import io.socketbox.program.ServiceManager;
import io.socketbox.program.SetupException;
import io.socketbox.program.SignalHandling;
import io.socketbox.route.Destination;
import io.socketbox.route.Routes;
import java.util.List;

/**
 * One life of the server. Effects happen in the order of the original: sockets, their options, bind, (background,) open
 * the configuration, change root, groups, group, user, (execute,) NO_NEW_PRIVS, read the configuration, listen.
 */
final class Server {
    /** What a reload takes for a while comes in blocks of this size. */
    private static final int LARGE_BLOCK = 128 << 10;

    private final ServerOptions options;
    private final Invocation invocation;
    private final List<Integer> inherited;
    private final Readiness readiness;
    private final EventLog log;

    /**
     * A server that has done nothing yet.
     *
     * @param options what to do; the mode is SERVE or EXECUTE.
     * @param invocation how this process was started.
     * @param inherited descriptors that it was started with.
     * @param readiness told when connections are accepted, or the program is executed.
     * @param log for events.
     */
    Server(ServerOptions options, Invocation invocation, List<Integer> inherited, Readiness readiness, EventLog log) {
        this.options = options;
        this.invocation = invocation;
        this.inherited = inherited;
        this.readiness = readiness;
        this.log = log;
    }

    /**
     * Starts, serves and ends.
     *
     * @return the exit code.
     * @throws SetupException when the start failed.
     */
    int run() throws SetupException {
        NativeMemory.returnBlocksFrom(LARGE_BLOCK);
        PrivilegePlan plan =
                PrivilegePlan.resolve(options.user(), options.group(), options.groups(), options.keepGroups());
        boolean executes = options.mode() == ServerOptions.Mode.EXECUTE;
        if (!executes) {
            DescriptorBudget.raise(log);
        }
        Lineage lineage = Lineage.begin(options, inherited, log);
        ListenSockets sockets = ListenSockets.open(options, lineage.given());
        warnOfNoEffect();
        if (executes) {
            return execute(plan, sockets);
        }
        if (plan.changesIdentity()) {
            Preload.openAllArchives();
        }
        Successor successor = Successor.of(options, invocation, log);
        lineage.openControl(plan);
        Observation observation = Observation.open(options, plan, lineage.inheritance(), log);
        int registered = lineage.receiver();
        try (ConfigurationFile file = options.skipsRules() ? null : ConfigurationFile.open(options.configPath())) {
            restrict(plan);
            Routes fixed = file == null ? Routes.single(onlyDestination(lineage.numbers())) : null;
            Reload reload = new Reload(file, fixed, options, lineage.manager(), log);
            return serve(sockets, registered, reload, lineage, successor, observation);
        }
    }

    private void warnOfNoEffect() {
        boolean elsewhere = options.listenFd() >= 0 || options.receivePath() != null;
        if (elsewhere && options.listenAddressesGiven()) {
            log.write(Severity.WARNING, "-l and -p have no effect with " + (options.listenFd() >= 0 ? "-s" : "-P"));
        }
    }

    private void change(PrivilegePlan plan, ThreadStatus now) throws SetupException {
        Privileges.change(plan.remaining(now));
        if (plan.uid().orElse(0) != 0 && Credentials.gid() == 0) {
            log.write(
                    Severity.WARNING,
                    "still in group 0 (root): -u with a number leaves the group alone, give -g as well");
        }
    }

    private int execute(PrivilegePlan plan, ListenSockets sockets) throws SetupException {
        ThreadStatus now = Credentials.threads().getFirst();
        leaveFolders();
        change(plan, now);
        return ProgramExecution.run(options.program(), sockets.single(), inherited, readiness, log);
    }

    private void restrict(PrivilegePlan plan) throws SetupException {
        try (TaskDirectory tasks = new TaskDirectory()) {
            ThreadStatus now = tasks.first();
            leaveFolders();
            change(plan, now);
            Privileges.restrict();
            Privileges.verify(plan, tasks.read());
        }
    }

    /** Goes where paths mean what they will mean from now on. */
    private void leaveFolders() throws SetupException {
        if (options.chroot() != null) {
            Preload.run();
            Privileges.changeRoot(options.chroot());
        } else if (readiness.isAwaited()) {
            FileCalls.chdir("/");
        }
    }

    private Destination onlyDestination(InheritedNumbers numbers) throws SetupException {
        if (options.sendToFd() >= 0) {
            InheritedSocket.checkDestination(options.sendToFd(), numbers.descriptor(options.sendToFd()));
            return new Destination.InheritedDescriptor(options.sendToFd());
        }
        String path = options.sendToPath();
        return options.substitute() && Destination.PathTemplate.isTemplate(path)
                ? new Destination.PathTemplate(path)
                : new Destination.UnixSocket(path);
    }

    private int serve(
            ListenSockets sockets,
            int registered,
            Reload reload,
            Lineage lineage,
            Successor successor,
            Observation observation)
            throws SetupException {
        Engine.Context context = observation
                .configure(new Engine.Context(), reload.name(), lineage.hasControl())
                .routes(reload.first());
        sockets.listen(options.backlog());
        Engine engine = open(context.listeners(sockets.byWorker())
                .receiverConnection(registered)
                .registrations(lineage.registrations())
                .queueLimit(options.queueLimit())
                .handoffTimeoutNs(options.handoffTimeoutNs())
                .clearTransparent(options.clearTransparent())
                .endWhenInheritedGone(options.sendToFd() >= 0)
                .inherited(lineage.numbers()::socket)
                .log(log));
        SignalHandling.install(
                "accepting no more; handing over what is waiting",
                () -> {
                    lineage.manager().say(ServiceManager.STOPPING);
                    engine.drain();
                },
                reload::hangUp,
                log,
                invocation.halt());
        SignalHandling.installUserTwo(() -> successor.start(lineage.hasControl()), log);
        reload.direct(engine, "listening on " + (registered < 0 ? sockets.display() : receivedFrom()));
        engine.start();
        observation.start(engine, sockets, reload, lineage.hasControl());
        String state = reload.state();
        log.write(state);
        lineage.succeed(engine);
        readiness.ready();
        lineage.manager().say(ServiceManager.READY + "\nSTATUS=" + state);
        StoredListeners.store(lineage.manager(), engine, sockets.names());
        Preload.openArchives();
        lineage.answer(observation.verbs(reload), engine, sockets, observation.transferables());
        Watchdog.intervalUs(System.getenv(), Processes.pid())
                .ifPresent(us ->
                        new Watchdog(engine::turn, () -> lineage.manager().say(ServiceManager.WATCHDOG), us).start());
        Engine.End end = awaitEnd(engine);
        lineage.end();
        observation.end();
        return exitCode(end);
    }

    private static Engine open(Engine.Context context) throws SetupException {
        try {
            return new Engine(context);
        } catch (LinuxException e) {
            throw notOpened(e);
        }
    }

    /** What to say when something that an engine needs could not be opened. */
    static SetupException notOpened(LinuxException e) {
        return new SetupException(e.getMessage() + advice(e), e);
    }

    /** About register sockets: of all that an engine opens, they are what may fail. */
    private static String advice(LinuxException e) {
        return switch (e.errno()) {
            case Errno.EADDRINUSE -> "; another program has that register socket open, or it is no socket";
            case Errno.EACCES, Errno.EROFS -> "; the folder has to be writable for the user that -u names";
            case Errno.ENOENT -> "; its folder has to be there, after -x in the new root";
            default -> "";
        };
    }

    private String receivedFrom() {
        return ByteStrings.display(options.receivePath()) + " as receiver of group " + options.receiveGroup();
    }

    private Engine.End awaitEnd(Engine engine) {
        try (engine) {
            return engine.awaitEnd();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the main thread", e);
        } finally {
            log.finish();
            log.write("totals: " + engine.totals());
        }
    }

    private static int exitCode(Engine.End end) {
        return switch (end) {
            case DRAINED, TAKEN_OVER, RECEIVER_EOF -> ExitCode.OK;
            case DESTINATION_GONE -> ExitCode.DESTINATION_GONE;
            case ACCEPT_FAILED -> ExitCode.ACCEPT_FAILED;
        };
    }
}
