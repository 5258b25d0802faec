package io.socketbox.inetd;

import io.socketbox.inetd.Connection.ClientAddress;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.ExitStatus;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Processes;
import io.socketbox.linux.SpawnRequest;
import io.socketbox.linux.Spawner;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The child processes: starts them, and learns of their end by pidfd (pidfd_open(2)) in the agent's epoll. Owns the
 * pidfds. For the agent's thread.
 */
final class Children {
    /** A process that serves, or served, a connection. */
    record Child(int pid, int pidFd, Service service, ClientAddress client, String peer, long startNs) {}

    private final HotCalls calls;
    private final int epollFd;
    private final long tag;
    private final Budget budget;
    private final EventLog log;
    private final ChildEnvironment environment;
    private final Map<Integer, Child> running = new HashMap<>();

    /** @param tag what the event data of a child's end has besides its process id. */
    Children(HotCalls calls, int epollFd, long tag, Budget budget, EventLog log, ChildEnvironment environment) {
        this.calls = calls;
        this.epollFd = epollFd;
        this.tag = tag;
        this.budget = budget;
        this.log = log;
        this.environment = environment;
    }

    /** Makes the program of a service ready to be started; the caller's, who closes it. */
    Spawner prepare(ServiceSpec spec) {
        List<String> command = spec.command();
        return new Spawner(new SpawnRequest(command.getFirst(), command)
                .environment(environment.inherited())
                .newSession());
    }

    /**
     * Starts a child for a connection, which stays the caller's. The local address is asked for here.
     *
     * @param program of the service, made by {@link #prepare}.
     * @param number how many children its client has, with this one.
     * @throws LinuxException when it cannot be started.
     */
    void start(Service service, Spawner program, Connection connection, int number, long nowNs) {
        ServiceSpec spec = service.spec();
        int fd = connection.fd();
        if (Descriptors.isNonBlocking(fd)) {
            Descriptors.setNonBlocking(fd, false);
        }
        calls.getsockname(fd);
        List<String> added = environment.of(connection, calls, number);
        int pid = spawn(program, fd, spec.standardError() ? fd : 2, added);
        String peer = connection.display();
        running.put(pid, new Child(pid, watch(pid), service, connection.client(), peer, nowNs));
        log.offer(Severity.INFO, spec.place().display() + ": pid " + pid + " started for " + peer);
    }

    private int spawn(Spawner program, int fd, int error, List<String> added) {
        budget.limit().lower();
        try {
            return program.spawn(fd, fd, error, added);
        } finally {
            budget.limit().restore();
        }
    }

    /** Has the child's end reported; -1 where that cannot be, and {@link #look} has to find out. */
    private int watch(int pid) {
        try {
            int pidFd = Processes.openPidFd(pid);
            if (calls.epollAdd(epollFd, pidFd, Epoll.IN, tag | pid) == 0) {
                budget.opened();
                return pidFd;
            }
            calls.close(pidFd);
        } catch (LinuxException e) {
            log.repeat(e.getMessage() + "; looking once a second instead").hit(System.nanoTime());
        }
        return -1;
    }

    /** Whether the end of some child is not reported. */
    boolean mustLook() {
        return running.values().stream().anyMatch(child -> child.pidFd() < 0);
    }

    /** Reaps the children whose end is not reported. */
    void look(long nowNs) {
        List<Child> unwatched = new ArrayList<>(running.values());
        unwatched.removeIf(child -> child.pidFd() >= 0);
        unwatched.forEach(child -> reap(child.pid(), nowNs));
    }

    /** A child has ended, or perhaps one that is not watched. */
    void reap(int pid, long nowNs) {
        ExitStatus status = Processes.poll(pid).orElse(null);
        if (status == null) {
            return;
        }
        Child child = running.remove(pid);
        if (child.pidFd() >= 0) {
            calls.close(child.pidFd());
            budget.closed();
        }
        String how = status.exited() ? "exit " + status.code() : "signal " + status.signal();
        log.offer(
                Severity.INFO,
                child.service().spec().place().display() + ": pid " + pid + " for " + child.peer() + " ended: " + how
                        + " after " + seconds(nowNs - child.startNs()) + " s");
        child.service().childEnded(child.client());
    }

    /** Seconds with three decimals. */
    static String seconds(long ns) {
        long ms = (ns + 500_000) / 1_000_000;
        String fraction = Long.toString(1_000 + ms % 1_000).substring(1);
        return ms / 1_000 + "." + fraction;
    }

    int count() {
        return running.size();
    }

    /** Lets go of those that still run; they go on. */
    void leave() {
        for (Child child : running.values()) {
            if (child.pidFd() >= 0) {
                calls.close(child.pidFd());
            }
        }
        running.clear();
    }
}
