package io.socketbox.relay;

import io.socketbox.dispatch.Mailbox;
import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.StreamCalls;
import io.socketbox.observe.EventLog;
import io.socketbox.receive.AgentThread;
import io.socketbox.receive.Deadline;
import io.socketbox.receive.ReceivingAgent;
import io.socketbox.receive.Renewal;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The loop of socketbox-relay: one {@code epoll_wait}, what it returned, and a turn for each connection that has something
 * to move. Owns services and connections; other threads reach it by {@link #stop} and {@link #reload}.
 */
final class RelayAgent implements ReceivingAgent {
    private static final int MAX_EVENTS = 256;
    private static final int BATCH = 64;
    private static final long TAG_WAKE = 0L << 32;
    private static final long TAG_SERVICE = 1L << 32;
    private static final long TAG_CLIENT = 2L << 32;
    private static final long TAG_TARGET = 3L << 32;

    /** A service whose source was opened before the loop began. */
    record Opened(RelaySpec spec, Source source) {}

    private final List<Opened> opened;
    private final Budget budget;
    private final Renewal<RelaySpec> renewal;
    private final long graceNs;
    private final AgentThread thread;
    private final Mailbox mailbox = new Mailbox();
    private final Map<Integer, Service> services = new LinkedHashMap<>();
    private final Int2ObjectHashMap<Relay> relays = new Int2ObjectHashMap<>();
    private final ArrayDeque<Relay> ready = new ArrayDeque<>();
    private final Alarms alarms = new Alarms(this::dueNs);
    private final EventLog log;
    private final Intaker intaker;
    private Loop loop;
    private int nextService;
    private int nextRelay;
    private long endAtNs = Deadline.NEVER;

    /**
     * Not running yet.
     *
     * @param opened the services to begin with; their sources are owned from here on.
     * @param renewal what {@link #reload} does.
     * @param graceNs how long after {@link #stop} connections may go on.
     */
    RelayAgent(
            List<Opened> opened,
            Budget budget,
            StreamCheck check,
            Renewal<RelaySpec> renewal,
            long graceNs,
            EventLog log) {
        this.opened = opened;
        this.budget = budget;
        this.renewal = renewal;
        this.graceNs = graceNs;
        this.log = log;
        this.thread = new AgentThread(log);
        this.intaker = new Intaker(check);
    }

    @Override
    public String roleName() {
        return "relay";
    }

    @Override
    public AgentThread thread() {
        return thread;
    }

    @Override
    public void stop() {
        mailbox.post(this::end);
    }

    private void end() {
        if (endAtNs == Deadline.NEVER) {
            endAtNs = System.nanoTime() + graceNs;
            services.values().forEach(Service::stop);
        }
    }

    @Override
    public void reload() {
        mailbox.post(this::reread);
    }

    @Override
    public void onStart() {
        HotCalls hot = new HotCalls(MAX_EVENTS);
        int epollFd = hot.epollCreate();
        loop = new Loop(hot, new StreamCalls(), epollFd, new PipePool(budget.pipes()), new Gathering(), log);
        hot.epollAdd(epollFd, mailbox.eventFd(), Epoll.IN, TAG_WAKE);
        opened.forEach(this::add);
    }

    private void add(Opened one) {
        int id = nextService++;
        services.put(id, new Service(TAG_SERVICE | id, one.spec(), one.source(), loop));
    }

    @Override
    public int doWork() {
        try {
            return work();
        } catch (LinuxException e) {
            throw thread.fatal(e);
        }
    }

    private int work() {
        turnServices(System.nanoTime());
        int events = await();
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

    private int await() {
        if (ready.isEmpty() && loop.gathering().isDue()) {
            LockSupport.parkNanos(Gathering.REST_NS);
            int events = loop.hot().epollWait(loop.epollFd(), 0);
            loop.gathering().rested(events > 0);
            if (events > 0) {
                return events;
            }
        }
        return loop.hot().epollWait(loop.epollFd(), timeoutMs(System.nanoTime()));
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
        for (int id = alarms.take(nowNs); id != Alarms.NONE; id = alarms.take(nowNs)) {
            Relay relay = relays.get(id);
            relay.expire(nowNs);
            settle(relay, true);
        }
    }

    private long dueNs(int id) {
        Relay relay = relays.get(id);
        return relay == null ? Deadline.NEVER : relay.dueNs();
    }

    /** After anything was done with it. */
    private void settle(Relay relay, boolean more) {
        if (relay.isOver()) {
            relays.remove(relay.id());
            return;
        }
        long dueNs = relay.newDueNs();
        if (dueNs != Deadline.NEVER) {
            alarms.add(relay.id(), dueNs);
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
            service.arm(room, nowNs);
        }
        if (services.values().removeIf(this::closeIfOver) && services.isEmpty()) {
            end();
        }
        if (endAtNs != Deadline.NEVER && ((services.isEmpty() && relays.isEmpty()) || nowNs >= endAtNs)) {
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
        long nextNs = Math.min(endAtNs, alarms.nextNs());
        for (Service service : services.values()) {
            nextNs = Math.min(nextNs, service.resumeAtNs());
        }
        return Deadline.timeoutMs(nextNs, nowNs);
    }

    private void reread() {
        if (endAtNs == Deadline.NEVER) {
            renewal.apply(services.values(), spec -> add(new Opened(spec, Source.open(spec.intake()))));
        }
    }

    @Override
    public void onClose() {
        long nowNs = System.nanoTime();
        relays.values().forEach(relay -> relay.abort("stopped", nowNs));
        services.values().forEach(service -> service.source().close(loop, service.tag()));
        loop.pipes().close();
        loop.hot().close(loop.epollFd());
        mailbox.close();
        loop.calls().close();
        loop.hot().close();
    }
}
