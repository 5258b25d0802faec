package io.socketbox.inetd;

import io.socketbox.dispatch.Mailbox;
import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.Environment;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;
import io.socketbox.program.SetupException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NoOpIdleStrategy;

/**
 * The loop of socketbox-inetd: one {@code epoll_wait} and what it returned, for each turn. Owns the services and the
 * children; other threads reach it by {@link #stop} and {@link #reload}.
 */
final class Inetd implements Agent {
    private static final int MAX_EVENTS = 128;
    private static final long LOOK_NS = 1_000_000_000L;
    private static final long TAG_WAKE = 0L << 32;
    private static final long TAG_SERVICE = 1L << 32;
    private static final long TAG_CHILD = 2L << 32;

    /** A service whose place was opened before privileges were given up; the source is null where it has to be tried. */
    record Opened(ServiceSpec spec, ServiceSource source) {}

    /** Reads the services anew. */
    @FunctionalInterface
    interface Rereading {
        /** All services that there shall be. */
        List<ServiceSpec> read() throws SetupException;
    }

    private final List<Opened> opened;
    private final Budget budget;
    private final StreamCheck check;
    private final Rereading rereading;
    private final long graceNs;
    private final EventLog log;
    private final Mailbox mailbox = new Mailbox();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Map<Integer, Service> services = new LinkedHashMap<>();
    private int nextId;
    private HotCalls calls;
    private Loop loop;
    private Children children;
    private long endAtNs = Service.NEVER;
    private boolean leavingChildren;
    private volatile boolean failed;

    /**
     * Not running yet.
     *
     * @param opened the services to begin with; their sources are owned from here on.
     * @param rereading where services come from on {@link #reload}.
     * @param graceNs how long after {@link #stop} children and what waits for one may take.
     */
    Inetd(List<Opened> opened, Budget budget, StreamCheck check, Rereading rereading, long graceNs, EventLog log) {
        this.opened = opened;
        this.budget = budget;
        this.check = check;
        this.rereading = rereading;
        this.graceNs = graceNs;
        this.log = log;
    }

    @Override
    public String roleName() {
        return "inetd";
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

    /** Has every service take no more, and the loop end when all is served or the time of grace is over. Any thread. */
    void stop() {
        mailbox.post(this::end);
    }

    private void end() {
        if (endAtNs == Service.NEVER) {
            endAtNs = System.nanoTime() + graceNs;
            services.values().forEach(Service::stop);
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
            notice(e);
            throw new AgentTerminationException(e);
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
        services.values().removeIf(Service::isOver);
        boolean served = leavingChildren
                ? services.values().stream().allMatch(Service::holdsNothing)
                : services.isEmpty() && children.count() == 0;
        if (endAtNs != Service.NEVER && (served || nowNs >= endAtNs)) {
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
        if (nextNs == Service.NEVER) {
            return -1;
        }
        long waitNs = nextNs - nowNs;
        return waitNs <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (waitNs + 999_999) / 1_000_000);
    }

    private void reread() {
        if (endAtNs != Service.NEVER) {
            return;
        }
        try {
            List<ServiceSpec> wanted = rereading.read();
            List<Service> gone = new ArrayList<>(services.values());
            int fresh = 0;
            for (ServiceSpec spec : wanted) {
                Service same = take(gone, spec.place());
                if (same != null) {
                    same.become(spec);
                } else if (open(spec)) {
                    fresh++;
                }
            }
            gone.removeIf(Service::isStopping);
            gone.forEach(Service::stop);
            log.offer("services read anew: " + wanted.size() + " there, " + fresh + " opened, " + gone.size()
                    + " stopped");
        } catch (SetupException e) {
            e.getMessage().lines().forEach(log::offer);
            log.offer("services not read anew; going on with those of before");
        }
    }

    private static Service take(List<Service> from, Place place) {
        for (Service service : from) {
            if (!service.isStopping() && service.spec().place().isSame(place)) {
                from.remove(service);
                return service;
            }
        }
        return null;
    }

    private boolean open(ServiceSpec spec) {
        try {
            add(new Opened(spec, spec.place().isRegistration() ? null : ServiceSource.open(spec.place())));
            return true;
        } catch (SetupException e) {
            log.offer(e.getMessage() + "; the other services go on");
            return false;
        }
    }

    @Override
    public void onClose() {
        try {
            close();
        } finally {
            over.countDown();
        }
    }

    private void close() {
        int closed = 0;
        for (Service service : services.values()) {
            closed += service.abandon();
        }
        if (closed > 0) {
            log.offer("ended with connections that waited for a child and are closed: " + closed);
        }
        if (children.count() > 0) {
            log.offer("ended; children that go on: " + children.count());
        }
        children.leave();
        calls.close(loop.epollFd());
        mailbox.close();
        calls.close();
    }
}
