package io.socketbox.dispatch;

import io.socketbox.handoff.Handoff;
import io.socketbox.handoff.Ledger;
import io.socketbox.handoff.Target;
import io.socketbox.limit.Limiters;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.ConnectionLog;
import io.socketbox.observe.Counter;
import io.socketbox.observe.Counters;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.RuleCounters;
import io.socketbox.observe.Severity;
import io.socketbox.observe.Statistics;
import io.socketbox.route.RouteTable;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The hot loop of one thread: one {@code epoll_wait} and what it returned, for each turn. Nothing here allocates for a
 * connection.
 *
 * <p>Owns its descriptors: listening sockets, epoll, destination sockets, and each connection from {@code accept4} to the
 * hand-off. Other threads reach it through its {@link Mailbox} only.
 */
final class Dispatcher implements Agent, Handoff.Owner {
    private static final int MAX_EVENTS = 128;
    private static final int ACCEPT_BATCH = 64;
    private static final long PAUSE_NS = 50_000_000L;
    private static final long PAUSE_CHECK_NS = 10_000_000L;

    private static final long TAG_TARGET = 0L << 32;
    private static final long TAG_WAKE = 1L << 32;
    private static final long TAG_LISTENER = 2L << 32;
    private static final long TAG_RECEIVER = 3L << 32;

    private final int number;
    private final Engine.Context context;
    private final Conductor conductor;
    private final Mailbox mailbox = new Mailbox();
    private final int[] listenFds;
    private final int[] listenNumbers;
    private final Statistics statistics;
    private final Counters counters;
    private final ConnectionLog connections;
    private final Ledger ledger;
    private final EventLog log;
    private final EventLog.Repeat closedWithoutRoute;
    private final EventLog.Repeat closedWithoutTarget;
    private final EventLog.Repeat closedWithoutClient;

    private final Pace pace = new Pace();
    private final Crowd crowd = new Crowd();
    private final Acknowledgements closed = new Acknowledgements();
    private final ArrayDeque<Transition> transitions = new ArrayDeque<>();
    private RouteTable routes;
    private HotCalls calls;
    private int epollFd = -1;
    private int receiverFd;
    private DestinationTable destinations;
    private BalancedTargets balanced;
    private Handoff handoff;
    private Admission admission;
    private boolean paused;
    private long pausedUntilNs;
    private int firstSource;
    private boolean draining;
    private long drainUntilNs;
    /** While draining, how many of those that waited in the backlogs when it began are still to be accepted. */
    private int backlogLeft;

    /**
     * Not running yet.
     *
     * @param number    of this dispatcher, from 0.
     * @param context   concluded.
     * @param conductor told of paths to watch, and of the end.
     * @param listenFds listening sockets, owned from here on.
     * @param receiver  connection to another socketbox, owned from here on, or -1.
     */
    Dispatcher(int number, Engine.Context context, Conductor conductor, int[] listenFds, int receiver) {
        this.number = number;
        this.context = context;
        this.conductor = conductor;
        this.listenFds = listenFds;
        this.listenNumbers = context.listenNumbers(number);
        this.receiverFd = receiver;
        this.log = context.log();
        this.statistics = new Statistics(context.detailed());
        this.counters = statistics.totals();
        this.connections = context.connectionsAreLogged() ? new ConnectionLog(counters, this::wakeConductor) : null;
        this.ledger = new Ledger(statistics, connections);
        this.closedWithoutRoute = log.repeat("connection closed: the rules name no destination for it");
        this.closedWithoutClient = log.repeat("connection closed: its client left while a limit delayed it");
        this.closedWithoutTarget = log.repeat("connection closed: too many absent paths made by -U have some waiting");
    }

    @Override
    public String roleName() {
        return "dispatcher-" + number;
    }

    Statistics statistics() {
        return statistics;
    }

    /** The records of connections, for one other thread; null when there are none. */
    ConnectionLog connections() {
        return connections;
    }

    /** Tells, on any thread, that something happened at the path of one of this dispatcher's targets. */
    void postPathChanged(int targetId) {
        mailbox.post(() -> {
            Target target = destinations.byId(targetId);
            if (target != null) {
                handoff.pathChanged(target, System.nanoTime());
            }
        });
    }

    /**
     * Tells, on any thread, that a receiver has registered.
     *
     * @param receiver the registrar's number for it.
     * @param fd       a copy of its connection; owned by the dispatcher from here on.
     */
    void postJoined(int receiver, int group, int seat, int fd) {
        mailbox.post(() -> balanced.join(receiver, group, seat, fd, System.nanoTime()));
    }

    /** Tells, on any thread, that a receiver is gone. */
    void postLeft(int receiver) {
        mailbox.post(() -> balanced.leave(receiver, System.nanoTime()));
    }

    /** Tells, on any thread, that a receiver may not stay in its group. */
    void postExpelled(int receiver) {
        mailbox.post(() -> balanced.expel(receiver, System.nanoTime()));
    }

    /**
     * Has the dispatcher follow another snapshot, from the next connection on.
     *
     * @param change    to it.
     * @param rules     counts how often each rule of its table decides.
     * @param inherited targets of inherited descriptors, for slots that may have none; owned from here on.
     */
    void postChange(Change change, RuleCounters rules, List<Target> inherited) {
        mailbox.post(() -> follow(change, rules, inherited));
    }

    /** Asks, on any thread, to stop accepting and to end when nothing waits any more. */
    void postDrain() {
        mailbox.post(this::drain);
    }

    /** Asks, on any thread, for copies of what connections come from. @return false when this dispatcher has ended. */
    boolean postCopySources(Sources.Collector collector) {
        return mailbox.post(() -> {
            for (int i = 0; i < listenFds.length; i++) {
                collector.addListener(listenNumbers[i], listenFds[i]);
            }
            collector.addReceiver(receiverFd);
            collector.answered();
        });
    }

    /** Asks, on any thread, to {@link #leave}. */
    void postLeave(Sources.Kept kept) {
        mailbox.post(() -> leave(kept));
    }

    /** Has this dispatcher's thread run something, as proof that it turns. @return false when it has ended. */
    boolean postProbe(Runnable probe) {
        return mailbox.post(probe);
    }

    @Override
    public void onStart() {
        calls = new HotCalls(MAX_EVENTS);
        epollFd = require("epoll_create1", calls.epollCreate());
        require("epoll_ctl", calls.epollAdd(epollFd, mailbox.eventFd(), Epoll.IN, TAG_WAKE));
        handoff = new Handoff(calls, epollFd, TAG_TARGET, context.limits(), counters, log, this);
        balanced = new BalancedTargets(handoff, conductor::receiverLost);
        handoff.keep(ledger);
        destinations = new DestinationTable(handoff, balanced, statistics);
        admission = new Admission(calls, context, ledger, handoff);
        // The first snapshot is there already.
        mailbox.run(calls);
        while (!transitions.isEmpty()) {
            goOn(System.nanoTime());
        }
        startAccepting();
    }

    @Override
    public int doWork() {
        rest();
        int events = calls.epollWait(epollFd, timeoutMs());
        long nowNs = System.nanoTime();
        statistics.step(nowNs);
        for (int i = 0; i < events; i++) {
            long data = calls.eventData(i);
            int id = (int) data;
            long tag = data - id;
            if (tag == TAG_LISTENER) {
                acceptBatch(id, nowNs);
            } else if (tag == TAG_TARGET) {
                onTargetEvent(id, nowNs);
            } else if (tag == TAG_RECEIVER) {
                receiveBatch(nowNs);
            } else {
                mailbox.run(calls);
            }
        }
        if (!admission.isEmpty()) {
            dispatchDelayed(nowNs);
        }
        handoff.onTimer(nowNs);
        balanced.letGo(nowNs);
        goOn(nowNs);
        if (paused && nowNs >= pausedUntilNs && !handoff.mustPause(nowNs)) {
            paused = false;
            startAccepting();
        }
        if (context.endWhenInheritedGone() && handoff.goneCount() > 0) {
            conductor.end(Engine.End.DESTINATION_GONE);
            throw new AgentTerminationException();
        }
        if (draining) {
            drainSources(nowNs);
            if (!hasSources() && handoff.pendingTotal() == 0 && admission.isEmpty()) {
                throw new AgentTerminationException();
            }
        }
        statistics.turnEnded(nowNs);
        if (connections != null) {
            connections.turnEnded();
        }
        return events;
    }

    private void rest() {
        long goneOn = handoff.goneOn();
        long sentAtOnce = counters.get(Counter.HANDED_OFF) - goneOn;
        long accepted = counters.get(Counter.ACCEPTED);
        long ns =
                Math.max(crowd.restNs(accepted), pace.restNs(accepted, goneOn, sentAtOnce, handoff.pendingTotal() > 0));
        if (ns > 0) {
            LockSupport.parkNanos(ns);
        }
    }

    @Override
    public void onClose() {
        try {
            if (calls != null) {
                closeListeners();
                closeReceiver();
                if (admission != null) {
                    admission.close();
                }
                if (handoff != null) {
                    handoff.close();
                    balanced.close(System.nanoTime());
                }
                calls.close(epollFd);
                calls.close();
            }
        } finally {
            // Whatever else went wrong: a process whose dispatcher has died must end, and not go on listening.
            mailbox.close();
            conductor.dispatcherEnded(number);
        }
    }

    @Override
    public void watch(Target target) {
        conductor.watch(number, target.id(), target.address());
    }

    @Override
    public void unwatch(Target target) {
        conductor.unwatch(number, target.id());
    }

    @Override
    public void left(Target target) {
        if (destinations.left(target)) {
            closed.add(target.ticket());
        }
    }

    private void follow(Change change, RuleCounters rules, List<Target> inherited) {
        routes = change.snapshot().table();
        statistics.follow(rules);
        destinations.follow(change);
        inherited.forEach(destinations::inherit);
        handoff.limit(change.snapshot().limits());
        limit(change.snapshot().limiters(), System.nanoTime());
        transitions.add(new Transition(change));
        conductor.following(number, change.snapshot().number());
    }

    /** Does a slice of what the last changes left to do. */
    private void goOn(long nowNs) {
        handoff.letGo();
        if (!transitions.isEmpty() && transitions.element().step(destinations, closed, nowNs)) {
            transitions.remove();
        }
        if (!closed.isEmpty()) {
            conductor.closed(closed.take());
        }
    }

    private void onTargetEvent(int id, long nowNs) {
        Target target = destinations.byId(id);
        // Another event of the same turn may have closed it.
        if (target != null) {
            handoff.onEvent(target, nowNs);
        }
    }

    private int timeoutMs() {
        long nextNs = Math.min(handoff.nextTimerNs(), admission.nextDueNs());
        if (!transitions.isEmpty() || (draining && !paused && hasSources())) {
            return 0;
        }
        if (paused) {
            // Until then there is nothing to look for; from then on, whether what was used up is there again.
            long nowNs = System.nanoTime();
            nextNs = Math.min(nextNs, pausedUntilNs > nowNs ? pausedUntilNs : nowNs + PAUSE_CHECK_NS);
        }
        if (nextNs == Long.MAX_VALUE) {
            return -1;
        }
        long waitNs = nextNs - System.nanoTime();
        return waitNs <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (waitNs + 999_999) / 1_000_000);
    }

    private void acceptBatch(int listener, long nowNs) {
        for (int i = 0; i < ACCEPT_BATCH && listenFds[listener] >= 0; i++) {
            if (paused || handoff.mustPause(nowNs)) {
                pause(nowNs, Counter.ACCEPT_PAUSES);
                return;
            }
            int fd = calls.accept4(listenFds[listener]);
            if (fd >= 0) {
                counters.increment(Counter.ACCEPTED);
                dispatch(fd, nowNs, true);
                backlogLeft--;
            } else if (!mayAcceptMore(listener, calls.errno(), nowNs)) {
                return;
            }
        }
    }

    /** What accept(2) says of each error: nothing to accept, passing, short of something, or the end. */
    private boolean mayAcceptMore(int listener, int errno, long nowNs) {
        return switch (errno) {
            case Errno.EAGAIN -> {
                if (draining) {
                    closeListener(listener);
                }
                yield false;
            }
            case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM -> {
                log.repeat("accept: " + Errno.describe(errno) + "; accepting pauses, connections wait in the backlog")
                        .hit(nowNs);
                pausedUntilNs = nowNs + PAUSE_NS;
                pause(nowNs, Counter.ACCEPT_PAUSES);
                yield false;
            }
            case Errno.EBADF, Errno.EINVAL, Errno.ENOTSOCK, Errno.EFAULT -> {
                log.offer(Severity.ERROR, "accept: " + Errno.describe(errno) + "; the listening socket is unusable");
                conductor.end(Engine.End.ACCEPT_FAILED);
                throw new AgentTerminationException();
            }
            default -> {
                counters.increment(Counter.ACCEPT_ERRORS);
                log.repeat("accept: " + Errno.describe(errno) + "; passed over").hit(nowNs);
                yield true;
            }
        };
    }

    private void receiveBatch(long nowNs) {
        for (int i = 0; i < ACCEPT_BATCH && receiverFd >= 0; i++) {
            if (paused || handoff.mustPause(nowNs)) {
                pause(nowNs, Counter.ACCEPT_PAUSES);
                return;
            }
            int length = calls.receiveDescriptor(receiverFd, false);
            int fd = calls.receivedFd();
            if (length < 0) {
                receiveFailed(calls.errno(), nowNs);
                return;
            }
            if (fd >= 0) {
                counters.increment(Counter.RECEIVED);
                calls.getpeername(fd);
                dispatch(fd, nowNs, true);
            } else if (length == 0) {
                closeReceiver();
                if (!draining) {
                    log.offer(Severity.NOTICE, "the socketbox that we receive from closed the connection");
                    conductor.end(Engine.End.RECEIVER_EOF);
                }
            } else {
                counters.increment(Counter.RECEIVED_WITHOUT_DESCRIPTOR);
                log.repeat("received a message without a descriptor"
                                + (calls.truncated() ? " (cut by the kernel)" : ""))
                        .hit(nowNs);
            }
        }
    }

    private void receiveFailed(int errno, long nowNs) {
        if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
            return;
        }
        log.repeat("recvmsg: " + Errno.describe(errno)).hit(nowNs);
        if (errno == Errno.ENOBUFS || errno == Errno.ENOMEM) {
            pausedUntilNs = nowNs + PAUSE_NS;
            pause(nowNs, Counter.ACCEPT_PAUSES);
            return;
        }
        closeReceiver();
        conductor.end(Engine.End.RECEIVER_EOF);
    }

    /**
     * Routes one connection, whose peer address the last call left in {@link #calls}, and hands it off.
     *
     * @param isNew false: it has waited for a limit, and passes. A constant where the method is inlined.
     */
    private void dispatch(int fd, long nowNs, boolean isNew) {
        if (calls.getsockname(fd) < 0) {
            statistics.decided(fd, RouteTable.NO_RULE, isNew);
            if (connections != null) {
                begin(fd, RouteTable.NO_RULE);
            }
            refuse(fd, Counter.CLOSED_NO_ROUTE, closedWithoutRoute, nowNs);
            return;
        }
        if (context.clearTransparent()) {
            calls.clearTransparent(fd);
        }
        long hi = calls.localHi();
        long lo = calls.localLo();
        int port = calls.localPort();
        long match = routes.match(hi, lo, port, calls.peerHi(), calls.peerLo(), calls.peerPort());
        int destination = RouteTable.destinationOf(match);
        int rule = RouteTable.ruleOf(match);
        statistics.decided(fd, rule, isNew);
        if (connections != null) {
            begin(fd, rule);
        }
        if (destination < 0) {
            refuse(fd, Counter.CLOSED_NO_ROUTE, closedWithoutRoute, nowNs);
            return;
        }
        if (isNew && admission.isOn() && !isAdmitted(fd, rule, nowNs)) {
            return;
        }
        Target target = destinations.target(destination, hi, lo, port);
        if (target == null) {
            refuse(fd, Counter.CLOSED_ABSENT_PATH, closedWithoutTarget, nowNs);
        } else {
            handoff.deliver(target, fd, nowNs);
        }
    }

    /** From now on, these limits hold; accepting does not pause any longer for those before. */
    private void limit(Limiters limiters, long nowNs) {
        admission.use(limiters, nowNs);
        if (paused) {
            pausedUntilNs = nowNs + admission.pauseNs();
        }
    }

    /** Whether the limits let a connection pass now; else it was closed, or waits. At the end they hold for nobody. */
    private boolean isAdmitted(int fd, int rule, long nowNs) {
        if (draining) {
            return true;
        }
        boolean passes = admission.admit(fd, routes.limitOf(rule), nowNs);
        if (admission.pauseNs() > 0) {
            pausedUntilNs = Math.max(pausedUntilNs, nowNs + admission.pauseNs());
            pause(nowNs, Counter.RATE_PAUSES);
        }
        return passes;
    }

    /** Sends on those that have waited long enough for a limit, to where the rules say now. */
    private void dispatchDelayed(long nowNs) {
        for (int fd = admission.pollDue(nowNs, draining); fd >= 0; fd = admission.pollDue(nowNs, draining)) {
            if (calls.getpeername(fd) < 0) {
                refuse(fd, Counter.CLOSED_CLIENT_GONE, closedWithoutClient, nowNs);
            } else {
                dispatch(fd, nowNs, false);
            }
        }
    }

    private void wakeConductor() {
        calls.signalEventFd(conductor.eventFd());
    }

    private void begin(int fd, int rule) {
        connections.began(
                fd,
                calls.peerHi(),
                calls.peerLo(),
                calls.peerPort(),
                calls.localHi(),
                calls.localLo(),
                calls.localPort(),
                rule == RouteTable.NO_RULE ? 0 : routes.lineOf(rule));
    }

    private void refuse(int fd, Counter reason, EventLog.Repeat line, long nowNs) {
        calls.close(fd);
        ledger.refused(fd, reason);
        line.hit(nowNs);
    }

    private void startAccepting() {
        // What epoll is given first it returns first: no source gets all the tokens of a limit.
        firstSource++;
        for (int n = 0; n <= listenFds.length; n++) {
            int i = Math.floorMod(firstSource + n, listenFds.length + 1);
            int fd = i < listenFds.length ? listenFds[i] : receiverFd;
            if (fd >= 0) {
                boolean listens = i < listenFds.length;
                require(
                        "epoll_ctl",
                        calls.epollAdd(
                                epollFd,
                                fd,
                                listens ? context.listenEvents() : Epoll.IN,
                                listens ? TAG_LISTENER | i : TAG_RECEIVER));
            }
        }
    }

    private void pause(long nowNs, Counter reason) {
        if (paused) {
            return;
        }
        paused = true;
        pausedUntilNs = Math.max(pausedUntilNs, nowNs);
        counters.increment(reason);
        for (int fd : listenFds) {
            if (fd >= 0) {
                calls.epollDelete(epollFd, fd);
            }
        }
        if (receiverFd >= 0) {
            calls.epollDelete(epollFd, receiverFd);
        }
    }

    /**
     * Stops accepting, but for what waits in the backlogs already, since closing a listening socket resets that; and has
     * the socketbox that we receive from send no more.
     */
    private void drain() {
        if (!draining) {
            draining = true;
            drainUntilNs = System.nanoTime() + context.handoffTimeoutNs();
            pausedUntilNs = Long.MIN_VALUE;
            backlogLeft = 0;
            for (int fd : listenFds) {
                backlogLeft += fd >= 0 ? Sockets.backlogLength(fd) : 0;
            }
            if (receiverFd >= 0) {
                calls.shutdown(receiverFd, Sockets.SHUT_RD);
            }
        }
    }

    /**
     * Another process goes on with these sources: they are only let go of, as they are. What it did not keep is drained
     * as at any end.
     */
    private void leave(Sources.Kept kept) {
        for (int i = 0; i < listenFds.length; i++) {
            if (kept.listeners().get(listenNumbers[i])) {
                closeListener(i);
            }
        }
        if (kept.receiver()) {
            closeReceiver();
        }
        drain();
    }

    /** Empties the sources, as fast as there is room for what they hold, and closes each that is empty. */
    private void drainSources(long nowNs) {
        if (nowNs - drainUntilNs >= 0) {
            closeReceiver();
        }
        if (nowNs - drainUntilNs >= 0 || backlogLeft <= 0) {
            closeListeners();
        }
        for (int i = 0; i < listenFds.length && !paused; i++) {
            acceptBatch(i, nowNs);
        }
        if (!paused) {
            receiveBatch(nowNs);
        }
    }

    private boolean hasSources() {
        for (int fd : listenFds) {
            if (fd >= 0) {
                return true;
            }
        }
        return receiverFd >= 0;
    }

    private void closeListeners() {
        for (int i = 0; i < listenFds.length; i++) {
            closeListener(i);
        }
    }

    private void closeListener(int listener) {
        if (listenFds[listener] >= 0) {
            // Explicitly: where another process or worker has the same socket open, closing it leaves it in the epoll.
            calls.epollDelete(epollFd, listenFds[listener]);
            calls.close(listenFds[listener]);
            listenFds[listener] = -1;
        }
    }

    private void closeReceiver() {
        if (receiverFd >= 0) {
            calls.epollDelete(epollFd, receiverFd);
            calls.close(receiverFd);
            receiverFd = -1;
        }
    }

    private int require(String call, int result) {
        if (result < 0) {
            throw new IllegalStateException(roleName() + ": " + call + ": " + Errno.describe(calls.errno()));
        }
        return result;
    }
}
