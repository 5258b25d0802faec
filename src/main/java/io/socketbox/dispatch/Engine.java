package io.socketbox.dispatch;

import io.socketbox.handoff.HandoffLimits;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.Counter;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.ServerFacts;
import io.socketbox.observe.Severity;
import io.socketbox.observe.Statistics;
import io.socketbox.route.Routes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NoOpIdleStrategy;

/**
 * Takes connections from listening sockets (or from another socketbox) and hands each to the destination that the routes
 * name: one {@link Dispatcher} a worker, and one {@link Conductor}.
 *
 * <p>{@link #start}, {@link #drain}, {@link #awaitEnd} and {@link #close} may be called from any thread.
 */
public final class Engine implements AutoCloseable {
    /** Why an engine ended. */
    public enum End {
        /** {@link Engine#drain} was called, and everything was delivered or timed out. */
        DRAINED,
        /** {@link Engine#leave} was called, and everything was delivered or timed out. */
        TAKEN_OVER,
        /** The socketbox that connections were received from closed the connection; what waited was delivered. */
        RECEIVER_EOF,
        /** An inherited descriptor lost its peer, and {@link Context#endWhenInheritedGone} was set. */
        DESTINATION_GONE,
        /** A listening socket became unusable, or a dispatcher failed. */
        ACCEPT_FAILED
    }

    private final Context context;
    private final Conductor conductor;
    private final Dispatcher[] dispatchers;
    private final Registry registry;

    /**
     * Makes the agents; nothing runs yet. Takes over the context's listening sockets and receiver connection.
     *
     * @param context what to do; concluded here.
     * @throws LinuxException when descriptors run out, or a register socket cannot be opened.
     */
    public Engine(Context context) {
        this.context = context;
        context.conclude();
        conductor = new Conductor(context);
        dispatchers = new Dispatcher[context.workers()];
        for (int i = 0; i < dispatchers.length; i++) {
            int receiver = i == 0 ? context.receiverConnection : -1;
            dispatchers[i] = new Dispatcher(i, context, conductor, context.ownListeners(i), receiver);
        }
        Routes routes = context.takeRoutes();
        conductor.direct(dispatchers, routes);
        registry = new Registry(this::makeRegistrar, this::startThread);
        registry.begin(routes.registers(), context.registrations);
    }

    private Registrar makeRegistrar(List<Registration> adopted) {
        Registrar registrar = new Registrar(context.log, context.shares().receivers(), dispatchers, adopted);
        conductor.direct(registrar);
        return registrar;
    }

    /** Starts the threads; connections are accepted from here on. */
    public void start() {
        context.log.onQueued(conductor::wake);
        startThread(conductor);
        for (Dispatcher dispatcher : dispatchers) {
            startThread(dispatcher);
        }
        registry.start();
    }

    /** Its register sockets, and those who have come by them. */
    public Registry registry() {
        return registry;
    }

    /** How the destinations of routes differ from those that held before. */
    public record Applied(int opened, int kept, int gone) {}

    /**
     * Has every dispatcher follow other routes, each between two connections. Destinations that are named before and
     * after keep their sockets and what waits for them; new ones are opened; those that are gone deliver what waits for
     * them, or time it out, and then close. Returns when all dispatchers follow the new routes; gone destinations may
     * still be delivering.
     *
     * @param routes taken over, and the table closed when it is no longer followed, or was not at all.
     * @return what changed; null when the engine has ended.
     * @throws LinuxException when a register socket cannot be opened; everything is as before.
     * @throws InterruptedException when the calling thread is interrupted; the routes are followed all the same.
     */
    public Applied apply(Routes routes) throws InterruptedException {
        // No successor gets one half of what changes.
        synchronized (registry) {
            List<RegisterListener> opened = prepare(routes);
            try {
                Change change = conductor.apply(routes).get();
                registry.follow(routes.registers(), opened);
                return new Applied(change.opened().length, change.kept(), change.gone().length);
            } catch (CancellationException ended) {
                opened.forEach(RegisterListener::close);
                routes.table().close();
                return null;
            } catch (ExecutionException e) {
                throw new IllegalStateException("nobody completes it with a failure", e);
            }
        }
    }

    private List<RegisterListener> prepare(Routes routes) {
        try {
            return registry.prepare(routes.registers());
        } catch (LinuxException e) {
            routes.table().close();
            throw e;
        }
    }

    /** Stops accepting; ends when everything that waits was delivered or timed out. Returns at once. */
    public void drain() {
        conductor.end(End.DRAINED);
    }

    /**
     * Copies the descriptors that connections come from, for a process that is to go on with them.
     *
     * @return copies, which are the caller's; null when the engine is ending.
     */
    public Sources copySources() {
        if (conductor.isEnding()) {
            return null;
        }
        Sources.Collector collector =
                new Sources.Collector(context.listenSockets().size(), dispatchers.length);
        for (Dispatcher dispatcher : dispatchers) {
            if (!dispatcher.postCopySources(collector)) {
                collector.answered();
            }
        }
        return collector.await();
    }

    /**
     * Lets go of sources that another process has, without emptying or resetting them; delivers what waits, drains what
     * the other did not keep, and ends. Returns at once.
     *
     * @param kept what the other process kept of {@link #copySources}.
     */
    public void leave(Sources.Kept kept) {
        conductor.leave(kept);
    }

    /** Completes once the conductor and, after that, every dispatcher has come round: proof that all of them work. */
    public CompletableFuture<Void> turn() {
        CompletableFuture<Void> turned = new CompletableFuture<>();
        AtomicInteger left = new AtomicInteger(dispatchers.length + 1);
        conductor.probe(() -> {
            if (left.decrementAndGet() == 0) {
                turned.complete(null);
            }
        });
        return turned;
    }

    /**
     * Waits for the end.
     *
     * @return why.
     * @throws InterruptedException when the calling thread is interrupted; the engine runs on.
     */
    public End awaitEnd() throws InterruptedException {
        return conductor.awaitEnd();
    }

    /** Drains a started engine, waits for the end unless interrupted, and ends the conductor's thread. */
    @Override
    public void close() {
        drain();
        try {
            awaitEnd();
            registry.stop();
            conductor.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A total over all dispatchers.
     *
     * @param counter which.
     * @return its value so far.
     */
    public long count(Counter counter) {
        return statistics().stream()
                .mapToLong(each -> each.totals().get(counter))
                .sum();
    }

    /** What each dispatcher counts; any thread may read it. */
    public List<Statistics> statistics() {
        return Arrays.stream(dispatchers).map(Dispatcher::statistics).toList();
    }

    /** Each limit of the configuration, and what it did; any thread may ask. */
    public List<ServerFacts.Limit> limits() {
        return LimitFacts.of(conductor.limiters());
    }

    /** What happened to the connections so far: every counter that is not 0, in a line for people. */
    public String totals() {
        String totals = Arrays.stream(Counter.values())
                .filter(counter -> count(counter) > 0)
                .map(counter -> counter.label() + ": " + count(counter))
                .collect(Collectors.joining("; "));
        return totals.isEmpty() ? "no connections" : totals;
    }

    private void startThread(Agent agent) {
        AgentRunner runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, this::failed, null, agent);
        AgentRunner.startOnThread(runner, task -> {
            Thread thread = new Thread(task, agent.roleName());
            thread.setDaemon(true);
            return thread;
        });
    }

    private void failed(Throwable failure) {
        if (!(failure instanceof AgentTerminationException)) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            context.log.repeat(Severity.ERROR, "internal error: " + trace).hit(System.nanoTime());
        }
    }

    /**
     * What an engine is to do. Filled in, concluded once by {@link Engine#Engine}, then read-only.
     */
    public static final class Context {
        private static final int DEFAULT_QUEUE = 4096;
        private static final long DEFAULT_TIMEOUT_NS = 10_000_000_000L;

        private Routes routes;
        private int[][] listeners = {{}};
        private int receiverConnection = -1;
        private List<Registration> registrations = List.of();
        private int queueLimit = DEFAULT_QUEUE;
        private long handoffTimeoutNs = DEFAULT_TIMEOUT_NS;
        private boolean clearTransparent;
        private boolean endWhenInheritedGone;
        private IntUnaryOperator inherited = number -> number;
        private boolean detailed;
        private String loggedConfiguration;
        private EventLog log;
        private HandoffLimits limits;
        private DescriptorShares shares;

        /** Where connections go. Must be set. */
        public Context routes(Routes value) {
            routes = value;
            return this;
        }

        /**
         * Listening sockets, non-blocking: a row for each worker. Workers whose rows name the same descriptor share it.
         * The engine owns and closes them.
         */
        public Context listeners(int[][] value) {
            listeners = value;
            return this;
        }

        /** A register connection to another socketbox, whose connections are dispatched; the engine owns it. -1: none. */
        public Context receiverConnection(int value) {
            receiverConnection = value;
            return this;
        }

        /**
         * What a predecessor had of registrations; the engine owns the descriptors. If that is anything, others can
         * register once {@link Registry#succeed} says that the predecessor lets nobody in any more.
         */
        public Context registrations(List<Registration> value) {
            registrations = value;
            return this;
        }

        /** How many connections may wait for one destination. */
        public Context queueLimit(int value) {
            queueLimit = value;
            return this;
        }

        /** How long a connection may wait. */
        public Context handoffTimeoutNs(long value) {
            handoffTimeoutNs = value;
            return this;
        }

        /** Whether IPV6_TRANSPARENT is cleared on each connection. */
        public Context clearTransparent(boolean value) {
            clearTransparent = value;
            return this;
        }

        /** Whether the engine ends when an inherited descriptor lost its peer. */
        public Context endWhenInheritedGone(boolean value) {
            endWhenInheritedGone = value;
            return this;
        }

        /** What the number of an inherited descriptor stands for: a descriptor of this process, or -1. By default itself. */
        public Context inherited(IntUnaryOperator value) {
            inherited = value;
            return this;
        }

        /** Whether destinations, rules and durations are counted, and not only totals. */
        public Context detailed(boolean value) {
            detailed = value;
            return this;
        }

        /**
         * Has each connection written to the log.
         *
         * @param configuration where the rules are from, for people; null for no such lines.
         */
        public Context logConnections(String configuration) {
            loggedConfiguration = configuration;
            return this;
        }

        /** Where events go. Must be set. */
        public Context log(EventLog value) {
            log = value;
            return this;
        }

        private void conclude() {
            Objects.requireNonNull(routes, "routes");
            Objects.requireNonNull(log, "log");
            shares = new DescriptorShares(DescriptorShares.countUsed(), workers(), queueLimit, handoffTimeoutNs);
            limits = shares.limits(routes);
        }

        /** Who shares out the descriptors. */
        DescriptorShares shares() {
            return shares;
        }

        /** The descriptors of one worker's row; those that an earlier row named too are duplicated. */
        private int[] ownListeners(int worker) {
            int[] own = listeners[worker].clone();
            for (int i = 0; i < own.length; i++) {
                int fd = own[i];
                if (Arrays.stream(listeners, 0, worker)
                        .flatMapToInt(Arrays::stream)
                        .anyMatch(earlier -> earlier == fd)) {
                    own[i] = Descriptors.dupFrom(fd, 0);
                }
            }
            return own;
        }

        /** The different listening sockets, in order of their numbers. */
        List<Integer> listenSockets() {
            return Arrays.stream(listeners)
                    .flatMapToInt(Arrays::stream)
                    .distinct()
                    .boxed()
                    .toList();
        }

        /** The numbers of one worker's listening sockets. */
        int[] listenNumbers(int worker) {
            List<Integer> sockets = listenSockets();
            return Arrays.stream(listeners[worker]).map(sockets::indexOf).toArray();
        }

        /** What the number of an inherited descriptor stands for: a descriptor of this process, or -1. */
        int inheritedSocket(int number) {
            return inherited.applyAsInt(number);
        }

        int listenEvents() {
            return workers() > 1 ? Epoll.IN | Epoll.EXCLUSIVE : Epoll.IN;
        }

        int workers() {
            return listeners.length;
        }

        /** The first routes; not kept, since others follow and a table may be large. */
        private Routes takeRoutes() {
            Routes taken = routes;
            routes = null;
            return taken;
        }

        long handoffTimeoutNs() {
            return handoffTimeoutNs;
        }

        int queueLimit() {
            return queueLimit;
        }

        /** What each dispatcher may hold at first. */
        HandoffLimits limits() {
            return limits;
        }

        boolean clearTransparent() {
            return clearTransparent;
        }

        boolean endWhenInheritedGone() {
            return endWhenInheritedGone;
        }

        boolean detailed() {
            return detailed || connectionsAreLogged();
        }

        boolean connectionsAreLogged() {
            return loggedConfiguration != null;
        }

        String loggedConfiguration() {
            return loggedConfiguration;
        }

        EventLog log() {
            return log;
        }
    }
}
