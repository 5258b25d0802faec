package io.socketbox.dispatch;

import io.socketbox.handoff.PathWatcher;
import io.socketbox.handoff.Target;
import io.socketbox.limit.Limiters;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.Counter;
import io.socketbox.observe.RuleCounters;
import io.socketbox.route.Destination;
import io.socketbox.route.RouteTable;
import io.socketbox.route.Routes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The slow thread beside the dispatchers: watches the destinations' paths, writes their log lines, and ends the engine.
 *
 * <p>Owns its epoll, its eventfd and the inotify descriptor. Any thread may call {@link #watch}, {@link #end}, {@link
 * #wake} and {@link #dispatcherEnded}.
 */
final class Conductor implements Agent {
    private static final int TICK_MS = 1_000;
    private static final int CONNECTION_BATCHES = 64;
    private static final long WAKE = 1;
    private static final long INOTIFY = 2;

    private final Engine.Context context;
    private final Mailbox mailbox = new Mailbox();
    private final CountDownLatch running;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Engine.End> end = new AtomicReference<>();

    private final DestinationSlots slots;
    private volatile Limiters limiters = Limiters.NONE;
    /** By dispatcher, the number of the snapshot that it follows. */
    private final int[] following;
    /** The table that was published last, and the counters of its rules. */
    private List<AutoCloseable> followed = List.of();
    /** Changes that not every dispatcher follows yet, in order. */
    private final ArrayDeque<Publication> publications = new ArrayDeque<>();

    private Dispatcher[] dispatchers;
    private volatile Registrar registrar;
    private HotCalls calls;
    private int epollFd = -1;
    private PathWatcher paths;
    private long nextTickNs;
    private ConnectionLines lines;

    /**
     * Not running yet.
     *
     * @param context concluded.
     */
    Conductor(Engine.Context context) {
        this.context = context;
        this.running = new CountDownLatch(context.workers());
        this.slots = new DestinationSlots(context.workers());
        this.following = new int[context.workers()];
        Arrays.fill(following, -1);
    }

    /**
     * A change that was posted.
     *
     * @param retired what was followed before, and nobody looks at once the change holds everywhere.
     * @param everywhere who waits for that.
     */
    private record Publication(Change change, List<AutoCloseable> retired, CompletableFuture<Change> everywhere) {
        void complete() {
            CloseHelper.closeAll(retired);
            everywhere.complete(change);
        }
    }

    /** Names the dispatchers and gives them the first routes, before any thread starts. */
    void direct(Dispatcher[] all, Routes routes) {
        dispatchers = all;
        publish(routes, new CompletableFuture<>());
    }

    /**
     * Has every dispatcher follow other routes.
     *
     * @return completed, on the conductor's thread, when all do; cancelled when the engine has ended.
     */
    CompletableFuture<Change> apply(Routes routes) {
        CompletableFuture<Change> everywhere = new CompletableFuture<>();
        if (!mailbox.post(() -> publish(routes, everywhere))) {
            everywhere.cancel(false);
        }
        return everywhere;
    }

    /** A dispatcher follows a snapshot. */
    void following(int dispatcher, int snapshot) {
        mailbox.post(() -> noteFollowing(dispatcher, snapshot));
    }

    /** A dispatcher has closed what it had for some slots; see {@link Transition#ticket}. */
    void closed(long[] tickets) {
        mailbox.post(() -> {
            for (long ticket : tickets) {
                slots.closed((int) ticket, (int) (ticket >>> 32));
            }
        });
    }

    /** Those of the routes that were published last; for any thread. */
    Limiters limiters() {
        return limiters;
    }

    @Override
    public String roleName() {
        return "conductor";
    }

    /** Asks for news about a dispatcher's target. Replaces what was asked for that target before. */
    void watch(int dispatcher, int targetId, String address) {
        mailbox.post(() -> paths.watch(dispatcher, targetId, address));
    }

    /** No more news is wanted about a dispatcher's target. */
    void unwatch(int dispatcher, int targetId) {
        mailbox.post(() -> paths.unwatch(dispatcher, targetId));
    }

    /** Names who lets receivers register, before anybody has. */
    void direct(Registrar toTell) {
        registrar = toTell;
    }

    /** A dispatcher found a registered receiver gone. */
    void receiverLost(int receiver) {
        registrar.lost(receiver);
    }

    /** Something ends the engine: the first reason stands, and every dispatcher drains. */
    void end(Engine.End reason) {
        if (end.compareAndSet(null, reason)) {
            for (Dispatcher dispatcher : dispatchers) {
                dispatcher.postDrain();
            }
        }
    }

    /** Another process goes on with the sources that it kept; everything else is drained. */
    void leave(Sources.Kept kept) {
        end.compareAndSet(null, Engine.End.TAKEN_OVER);
        for (Dispatcher dispatcher : dispatchers) {
            dispatcher.postLeave(kept);
        }
    }

    /** Whether a reason to end was given. */
    boolean isEnding() {
        return end.get() != null;
    }

    /** Runs something on this thread and then on each dispatcher's; one that has ended counts as if it had. */
    void probe(Runnable each) {
        mailbox.post(() -> {
            each.run();
            for (Dispatcher dispatcher : dispatchers) {
                if (!dispatcher.postProbe(each)) {
                    each.run();
                }
            }
        });
    }

    /** A dispatcher closed everything it had; without a reason given before, it failed. */
    void dispatcherEnded(int dispatcher) {
        end(Engine.End.ACCEPT_FAILED);
        following(dispatcher, Integer.MAX_VALUE);
        running.countDown();
    }

    /** Waits until every dispatcher has ended; returns the reason. */
    Engine.End awaitEnd() throws InterruptedException {
        running.await();
        return end.get();
    }

    /** Ends the conductor's thread, after which nothing is written to the log from here. */
    void stop() throws InterruptedException {
        mailbox.post(() -> {
            throw new AgentTerminationException();
        });
        stopped.await();
    }

    /** Where a dispatcher, which allocates nothing, has the conductor look at the log. */
    int eventFd() {
        return mailbox.eventFd();
    }

    /** Has the conductor look at the log. */
    void wake() {
        mailbox.post(() -> {});
    }

    @Override
    public void onStart() {
        if (context.connectionsAreLogged()) {
            lines = new ConnectionLines(context.log(), context.loggedConfiguration());
        }
        calls = new HotCalls(2);
        paths = new PathWatcher(
                (dispatcher, targetId) -> dispatchers[dispatcher].postPathChanged(targetId), context.log());
        epollFd = calls.epollCreate();
        calls.epollAdd(epollFd, mailbox.eventFd(), Epoll.IN, WAKE);
        if (paths.inotifyFd() >= 0) {
            calls.epollAdd(epollFd, paths.inotifyFd(), Epoll.IN, INOTIFY);
        }
    }

    @Override
    public int doWork() {
        int events = calls.epollWait(epollFd, TICK_MS);
        for (int i = 0; i < events; i++) {
            if (calls.eventData(i) == INOTIFY) {
                paths.onReadable();
            } else {
                mailbox.run(calls);
            }
        }
        long nowNs = System.nanoTime();
        if (nowNs >= nextTickNs) {
            nextTickNs = nowNs + TICK_MS * 1_000_000L;
            paths.poll();
        }
        context.log().drain(nowNs);
        writeConnections(CONNECTION_BATCHES, nowNs);
        return events;
    }

    /** Writes what there is of each dispatcher, in so many batches at most, to look after other things too. */
    private void writeConnections(int most, long nowNs) {
        if (lines != null) {
            context.log().batch(() -> {
                boolean more = false;
                for (Dispatcher dispatcher : dispatchers) {
                    int batches = 0;
                    while (batches < most && dispatcher.connections().drain(lines) > 0) {
                        batches++;
                    }
                    more |= batches == most;
                }
                if (more) {
                    wake();
                }
            });
            lines.lost(
                    Arrays.stream(dispatchers)
                            .mapToLong(each -> each.statistics().totals().get(Counter.CONNECTION_LINES_LOST))
                            .sum(),
                    nowNs);
        }
    }

    @Override
    public void onClose() {
        writeConnections(Integer.MAX_VALUE, System.nanoTime());
        context.log().finish();
        paths.close();
        calls.close(epollFd);
        mailbox.close();
        calls.close();
        stopped.countDown();
    }

    private void publish(Routes routes, CompletableFuture<Change> everywhere) {
        limiters = Limiters.of(routes, limiters, System.nanoTime());
        Change change = slots.change(
                routes.table(), routes.destinations(), context.shares().limits(routes), limiters);
        publications.add(new Publication(change, followed, everywhere));
        followed = new ArrayList<>();
        for (Dispatcher dispatcher : dispatchers) {
            RuleCounters rules = ruleCounters(routes.table());
            followed.add(rules);
            dispatcher.postChange(change, rules, inheritedTargets(change));
        }
        // After the counters, which ask it for the lines of rules.
        followed.add(routes.table());
    }

    /** A dispatcher's own targets for the inherited descriptors that a change opens. */
    private List<Target> inheritedTargets(Change change) {
        List<Target> targets = new ArrayList<>();
        for (int slot : change.opened()) {
            if (change.snapshot().destinations()[slot] instanceof Destination.InheritedDescriptor(int fd)) {
                targets.add(Target.inherited(slot, duplicateInherited(fd), "fd:" + fd));
            }
        }
        return targets;
    }

    private int duplicateInherited(int fd) {
        try {
            return Descriptors.dupFrom(context.inheritedSocket(fd), 0);
        } catch (LinuxException notOpen) {
            context.log()
                    .offer("fd:" + fd + " was not open at start, or is no UNIX socket; connections for it are closed");
            return -1;
        }
    }

    private RuleCounters ruleCounters(RouteTable table) {
        return context.detailed()
                ? new RuleCounters(table.ruleCount(), table::lineOf, context.workers())
                : RuleCounters.NONE;
    }

    private void noteFollowing(int dispatcher, int snapshot) {
        following[dispatcher] = Math.max(following[dispatcher], snapshot);
        int everybody = Arrays.stream(following).min().orElseThrow();
        while (!publications.isEmpty()
                && publications.element().change().snapshot().number() <= everybody) {
            publications.remove().complete();
        }
    }
}
