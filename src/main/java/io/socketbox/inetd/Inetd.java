package io.socketbox.inetd;

import io.socketbox.dispatch.Mailbox;
import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.Environment;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.SetupException;
import io.socketbox.receive.AgentThread;
import io.socketbox.receive.Deadline;
import io.socketbox.receive.ReceivingAgent;
import io.socketbox.receive.Renewal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The loop of socketbox-inetd: one {@code epoll_wait} and what it returned, for each turn. Owns the services and the
 * children; other threads reach it by {@link #stop} and {@link #reload}.
 */
final class Inetd implements ReceivingAgent {
    private static final int MAX_EVENTS = 128;
    private static final long LOOK_NS = 1_000_000_000L;
    private static final long TAG_WAKE = 0L << 32;
    private static final long TAG_SERVICE = 1L << 32;
    private static final long TAG_CHILD = 2L << 32;

    /** A service whose place was opened before privileges were given up; the source is null where it has to be tried. */
    record Opened(ServiceSpec spec, ServiceSource source) {}

    private final List<Opened> opened;
    private final Budget budget;
    private final StreamCheck check;
    private final Renewal<ServiceSpec> renewal;
    private final long graceNs;
    private final EventLog log;
    private final AgentThread thread;
    private final Mailbox mailbox = new Mailbox();
    private final Map<Integer, Service> services = new LinkedHashMap<>();
    private int nextId;
    private HotCalls calls;
    private Loop loop;
    private Children children;
    private long endAtNs = Deadline.NEVER;
    private boolean leavingChildren;

    /**
     * Not running yet.
     *
     * @param opened the services to begin with; their sources are owned from here on.
     * @param renewal what {@link #reload} does.
     * @param graceNs how long after {@link #stop} children and what waits for one may take.
     */
    Inetd(
            List<Opened> opened,
            Budget budget,
            StreamCheck check,
            Renewal<ServiceSpec> renewal,
            long graceNs,
            EventLog log) {
        this.opened = opened;
        this.budget = budget;
        this.check = check;
        this.renewal = renewal;
        this.graceNs = graceNs;
        this.log = log;
        this.thread = new AgentThread(log);
    }

    @Override
    public String roleName() {
        return "inetd";
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
        calls = new HotCalls(MAX_EVENTS);
        int epollFd = calls.epollCreate();
        calls.epollAdd(epollFd, mailbox.eventFd(), Epoll.IN, TAG_WAKE);
        children = new Children(calls, epollFd, TAG_CHILD, budget, log, new ChildEnvironment(Environment.entries()));
        loop = new Loop(calls, epollFd, mailbox, budget, children, check, this::serverGone, log);
        opened.forEach(this::add);
    }

    private void add(Opened one) {
        int id = nextId++;
        services.put(id, new Service(TAG_SERVICE | id, one.spec(), one.source(), loop));
    }

    /** A registration ended that was all there was to do: what came of it gets its children, and they go on alone. */
    private void serverGone() {
        leavingChildren = true;
        end();
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
        int events = calls.epollWait(loop.epollFd(), timeoutMs());
        long nowNs = System.nanoTime();
        for (int i = 0; i < events; i++) {
            long data = calls.eventData(i);
            int id = (int) data;
            long tag = data - id;
            if (tag == TAG_SERVICE) {
                receive(id, nowNs);
            } else if (tag == TAG_CHILD) {
                children.reap(id, nowNs);
            } else {
                mailbox.run(calls);
            }
        }
        if (children.mustLook()) {
            children.look(nowNs);
        }
        return events;
    }

    /** An earlier event of the same turn may have removed it. */
    private void receive(int id, long nowNs) {
        Service service = services.get(id);
        if (service != null) {
            service.receive(nowNs);
        }
    }

    private void turnServices(long nowNs) {
        services.values().forEach(service -> service.turn(nowNs));
        services.values().removeIf(Service::end);
        boolean served = leavingChildren
                ? services.values().stream().allMatch(Service::holdsNothing)
                : services.isEmpty() && children.count() == 0;
        if (endAtNs != Deadline.NEVER && (served || nowNs >= endAtNs)) {
            throw new AgentTerminationException();
        }
    }

    private int timeoutMs() {
        long nowNs = System.nanoTime();
        long nextNs = endAtNs;
        for (Service service : services.values()) {
            nextNs = Math.min(nextNs, service.nextTurnNs(nowNs));
        }
        if (children.mustLook()) {
            nextNs = Math.min(nextNs, nowNs + LOOK_NS);
        }
        return Deadline.timeoutMs(nextNs, nowNs);
    }

    private void reread() {
        if (endAtNs == Deadline.NEVER) {
            renewal.apply(services.values(), this::open);
        }
    }

    private void open(ServiceSpec spec) throws SetupException {
        add(new Opened(spec, spec.place().isRegistration() ? null : ServiceSource.open(spec.place())));
    }

    @Override
    public void onClose() {
        int closed = 0;
        for (Service service : services.values()) {
            closed += service.abandon();
        }
        if (closed > 0) {
            log.offer(Severity.NOTICE, "ended with connections that waited for a child and are closed: " + closed);
        }
        if (children.count() > 0) {
            log.offer(Severity.NOTICE, "ended; children that go on: " + children.count());
        }
        children.leave();
        calls.close(loop.epollFd());
        mailbox.close();
        calls.close();
    }
}
