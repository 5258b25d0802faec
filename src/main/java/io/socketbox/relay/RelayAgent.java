package io.socketbox.relay;

import io.socketbox.dispatch.Mailbox;
import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.StreamCalls;
import io.socketbox.observe.EventLog;
import io.socketbox.program.SetupException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NoOpIdleStrategy;

/**
 * The loop of socketbox-relay: one {@code epoll_wait}, what it returned, and a turn for each connection that has something
 * to move. Owns services and connections; other threads reach it by {@link #stop} and {@link #reload}.
 */
final class RelayAgent implements Agent {
    private static final int MAX_EVENTS = 256;
    private static final int BATCH = 64;
    private static final long TAG_WAKE = 0L << 32;
    private static final long TAG_SERVICE = 1L << 32;
    private static final long TAG_CLIENT = 2L << 32;
    private static final long TAG_TARGET = 3L << 32;

    /** A service whose source was opened before the loop began. */
    record Opened(RelaySpec spec, Source source) {}

    /** Reads the services anew. */
    @FunctionalInterface
    interface Rereading {
        /** All services that there shall be. */
        List<RelaySpec> read() throws SetupException;
    }

    /** When to look at a connection's time. */
    private record Alarm(long dueNs, int id) {}

    private final List<Opened> opened;
    private final Budget budget;
    private final Rereading rereading;
    private final long graceNs;
    private final Mailbox mailbox = new Mailbox();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Map<Integer, Service> services = new LinkedHashMap<>();
    private final Int2ObjectHashMap<Relay> relays = new Int2ObjectHashMap<>();
    private final ArrayDeque<Relay> ready = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparingLong(Alarm::dueNs));
    private final EventLog log;
    private final Intaker intaker;
    private Loop loop;
    private int nextService;
    private int nextRelay;
    private long endAtNs = RelaySpec.NEVER;
    private volatile boolean failed;

    /**
     * Not running yet.
     *
     * @param opened the services to begin with; their sources are owned from here on.
     * @param rereading where services come from on {@link #reload}.
     * @param graceNs how long after {@link #stop} connections may go on.
     */
    RelayAgent(List<Opened> opened, Budget budget, StreamCheck check, Rereading rereading, long graceNs, EventLog log) {
        this.opened = opened;
        this.budget = budget;
        this.rereading = rereading;
        this.graceNs = graceNs;
        this.log = log;
        this.intaker = new Intaker(check);
    }

    @Override
    public String roleName() {
        return "relay";
    }

    /** Starts the loop on a thread of its own. */
    void start() {
        AgentRunner runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, this::notice, null, this);
        AgentRunner.startOnThread(runner, task -> {
            Thread thread = new Thread(task, roleName());
            thread.setDaemon(true);
            return thread;
        });
    }

    private void notice(Throwable failure) {
        if (!(failure instanceof AgentTerminationException)) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            log.offer("internal error: " + trace);
            failed = true;
        }
    }

    /** Has every service take no more, and the loop end with the last connection or the time of grace. Any thread. */
    void stop() {
        mailbox.post(this::end);
    }

    private void end() {
        if (endAtNs == RelaySpec.NEVER) {
            endAtNs = System.nanoTime() + graceNs;
            services.values().forEach(service -> service.stop(loop));
        }
    }

    /** Reads the services anew; those at a place that stays keep their socket. Any thread. */
    void reload() {
        mailbox.post(this::reread);
    }

    /** Counted down when the loop has ended. */
    CountDownLatch over() {
        return over;
    }

    /** Whether it ended by an error of its own. */
    boolean failed() {
        return failed;
    }

    @Override
    public void onStart() {
        HotCalls hot = new HotCalls(MAX_EVENTS);
        int epollFd = hot.epollCreate();
        loop = new Loop(hot, new StreamCalls(), epollFd, new PipePool(budget.pipes()), log);
        hot.epollAdd(epollFd, mailbox.eventFd(), Epoll.IN, TAG_WAKE);
        opened.forEach(this::add);
    }

    private void add(Opened one) {
        int id = nextService++;
        services.put(id, new Service(TAG_SERVICE | id, one.spec(), one.source()));
    }

    @Override
    public int doWork() {
        try {
            return work();
        } catch (LinuxException e) {
            notice(e);
            throw new AgentTerminationException(e);
        }
    }

    private int work() {
        turnServices(System.nanoTime());
        int events = loop.hot().epollWait(loop.epollFd(), timeoutMs(System.nanoTime()));
        long nowNs = System.nanoTime();
        for (int i = 0; i < events; i++) {
            long data = loop.hot().eventData(i);
            int id = (int) data;
            long tag = data - id;
            if (tag == TAG_SERVICE) {
                receive(services.get(id), nowNs);
            } else if (tag == TAG_WAKE) {
                mailbox.run(loop.hot());
            } else {
                relayReady(relays.get(id), tag == TAG_TARGET, loop.hot().eventMask(i), nowNs);
            }
        }
        expire(nowNs);
        for (int i = ready.size(); i > 0; i--) {
            Relay relay = ready.poll();
            relay.setQueued(false);
            settle(relay, relay.turn(nowNs));
        }
        return events;
    }

    /** An earlier event of the same turn may have ended it. */
    private void relayReady(Relay relay, boolean target, int mask, long nowNs) {
        if (relay != null) {
            if (target) {
                relay.targetReady(mask, nowNs);
            } else {
                relay.clientReady(mask);
            }
            settle(relay, true);
        }
    }

    private void receive(Service service, long nowNs) {
        for (int i = 0; service != null && i < BATCH && relays.size() < budget.connections(); i++) {
            Intaker.Taken taken = intaker.take(service, loop, nowNs);
            if (taken == null) {
                return;
            }
            int id = freeId();
            Relay relay = intaker.relay(id, TAG_CLIENT | id, TAG_TARGET | id, service, taken, loop, nowNs);
            if (relay != null) {
                relays.put(id, relay);
                relay.connect(nowNs);
                settle(relay, true);
            }
        }
    }

    private int freeId() {
        do {
            nextRelay = (nextRelay + 1) & Integer.MAX_VALUE;
        } while (relays.containsKey(nextRelay));
        return nextRelay;
    }

    private void expire(long nowNs) {
        while (!alarms.isEmpty() && alarms.peek().dueNs() <= nowNs) {
            Relay relay = relays.get(alarms.poll().id());
            if (relay != null && relay.dueNs() <= nowNs) {
                relay.expire(nowNs);
                settle(relay, true);
            }
        }
    }

    /** After anything was done with it. */
    private void settle(Relay relay, boolean more) {
        if (relay.isOver()) {
            relays.remove(relay.id());
            return;
        }
        long dueNs = relay.newDueNs();
        if (dueNs != RelaySpec.NEVER) {
            alarms.add(new Alarm(dueNs, relay.id()));
        }
        if (more && !relay.isQueued()) {
            relay.setQueued(true);
            ready.add(relay);
        }
    }

    private void turnServices(long nowNs) {
        boolean room = relays.size() < budget.connections();
        for (Service service : services.values()) {
            if (service.source().isStopping() && room) {
                receive(service, nowNs);
            }
            service.arm(room, loop, nowNs);
        }
        if (services.values().removeIf(this::closeIfOver) && services.isEmpty()) {
            end();
        }
        if (endAtNs != RelaySpec.NEVER && ((services.isEmpty() && relays.isEmpty()) || nowNs >= endAtNs)) {
            throw new AgentTerminationException();
        }
    }

    private boolean closeIfOver(Service service) {
        if (!service.source().isOver()) {
            return false;
        }
        service.source().close(loop, service.tag());
        return true;
    }

    private int timeoutMs(long nowNs) {
        if (!ready.isEmpty()) {
            return 0;
        }
        long nextNs =
                alarms.isEmpty() ? endAtNs : Math.min(endAtNs, alarms.peek().dueNs());
        for (Service service : services.values()) {
            nextNs = Math.min(nextNs, service.resumeAtNs());
        }
        if (nextNs == RelaySpec.NEVER) {
            return -1;
        }
        long waitNs = nextNs - nowNs;
        return waitNs <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (waitNs + 999_999) / 1_000_000);
    }

    private void reread() {
        if (endAtNs != RelaySpec.NEVER) {
            return;
        }
        try {
            List<RelaySpec> wanted = rereading.read();
            List<Service> gone = new ArrayList<>(services.values());
            int fresh = 0;
            for (RelaySpec spec : wanted) {
                Service same = take(gone, spec.intake());
                if (same != null) {
                    same.become(spec, loop);
                } else if (open(spec)) {
                    fresh++;
                }
            }
            gone.removeIf(service -> service.source().isStopping());
            gone.forEach(service -> service.stop(loop));
            log.offer("services read anew: " + wanted.size() + " there, " + fresh + " opened, " + gone.size()
                    + " stopped");
        } catch (SetupException e) {
            e.getMessage().lines().forEach(log::offer);
            log.offer("services not read anew; going on with those of before");
        }
    }

    private static Service take(List<Service> from, Intake place) {
        for (Service service : from) {
            if (!service.source().isStopping() && service.spec().intake().isSame(place)) {
                from.remove(service);
                return service;
            }
        }
        return null;
    }

    private boolean open(RelaySpec spec) {
        try {
            add(new Opened(spec, Source.open(spec.intake())));
            return true;
        } catch (SetupException e) {
            log.offer(e.getMessage() + "; the other services go on");
            return false;
        }
    }

    @Override
    public void onClose() {
        try {
            long nowNs = System.nanoTime();
            relays.values().forEach(relay -> relay.abort("stopped", nowNs));
            services.values().forEach(service -> service.source().close(loop, service.tag()));
            loop.pipes().close();
            loop.hot().close(loop.epollFd());
            mailbox.close();
            loop.calls().close();
            loop.hot().close();
        } finally {
            over.countDown();
        }
    }
}
