package io.socketbox.inetd;

import static io.socketbox.receive.Deadline.NEVER;

import io.socketbox.inetd.Connection.ClientAddress;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.Spawner;
import io.socketbox.observe.Severity;
import io.socketbox.program.SetupException;
import io.socketbox.receive.Renewal;
import java.util.List;

/**
 * One service at work: receives while its {@link Limits} and the {@link Budget} allow, has children started, and ends
 * without losing what was sent to it. For the agent's thread; owns its source and the connections it holds.
 */
final class Service implements Renewal.Running<ServiceSpec> {
    private static final int BATCH = 32;
    private static final long RETRY_NS = 200_000_000L;
    private static final long FIRST_RECONNECT_NS = 100_000_000L;
    private static final long LONGEST_RECONNECT_NS = 5_000_000_000L;

    private final long tag;
    private final Loop loop;
    private final Admission admission;
    private ServiceSpec spec;
    private Spawner program;
    private ServiceSource source;
    private boolean armed;
    private boolean stopping;
    private boolean connecting;
    private long resumeAtNs = NEVER;
    private long reconnectAtNs = NEVER;
    private long reconnectDelayNs = FIRST_RECONNECT_NS;

    /**
     * @param tag the event data of its source.
     * @param source owned from here on; null for a registration that is yet to be made.
     */
    Service(long tag, ServiceSpec spec, ServiceSource source, Loop loop) {
        this.tag = tag;
        this.spec = spec;
        this.source = source;
        this.loop = loop;
        this.program = loop.children().prepare(spec);
        this.admission = new Admission(spec.limits().within(loop.budget().most()));
        if (source == null) {
            reconnectAtNs = System.nanoTime() + reconnectDelayNs;
        }
    }

    ServiceSpec spec() {
        return spec;
    }

    @Override
    public boolean isAt(ServiceSpec wanted) {
        return spec.place().isSame(wanted.place());
    }

    @Override
    public void become(ServiceSpec changed) {
        try {
            if (source != null) {
                source.permit(changed.place());
            }
        } catch (LinuxException e) {
            say(e.getMessage() + "; left as it was");
        }
        spec = changed;
        program.close();
        program = loop.children().prepare(changed);
        admission.limits(changed.limits().within(loop.budget().most()));
        resumeAtNs = NEVER;
    }

    /** Does what is due: starts children, registers anew, and receives or does not. */
    void turn(long nowNs) {
        if (nowNs >= resumeAtNs) {
            resumeAtNs = NEVER;
        }
        for (int i = 0; i < BATCH && canStart(); i++) {
            start(admission.next(), nowNs);
        }
        if (nowNs >= reconnectAtNs) {
            reconnectAtNs = NEVER;
            connecting = true;
            Thread.ofPlatform().daemon().name("register").start(this::register);
        }
        arm(source != null && canReceive());
    }

    /** When {@link #turn} is due again if nothing happens; now or earlier when something is left to do. */
    long nextTurnNs(long nowNs) {
        return canStart() ? nowNs : Math.min(resumeAtNs, reconnectAtNs);
    }

    private boolean canStart() {
        return resumeAtNs == NEVER && admission.next() != null;
    }

    private boolean canReceive() {
        return resumeAtNs == NEVER && admission.hasRoom() && loop.budget().hasRoom();
    }

    private void arm(boolean wanted) {
        if (wanted != armed) {
            HotCalls calls = loop.calls();
            int result = wanted
                    ? calls.epollAdd(loop.epollFd(), source.fd(), Epoll.IN, tag)
                    : calls.epollDelete(loop.epollFd(), source.fd());
            if (result != 0) {
                throw new LinuxException("epoll_ctl for " + spec.place().display(), calls.errno());
            }
            armed = wanted;
        }
    }

    /** The source is readable. */
    void receive(long nowNs) {
        for (int i = 0; i < BATCH && source != null && canReceive(); i++) {
            int length = receiveOne();
            int fd = loop.calls().receivedFd();
            if (length < 0) {
                if (!mayReceiveMore(loop.calls().errno(), nowNs)) {
                    return;
                }
            } else if (fd >= 0) {
                loop.budget().opened();
                admit(fd, nowNs);
            } else if (length == 0 && (stopping || spec.place().isRegistration())) {
                sourceEnded(nowNs);
            } else {
                boolean cut = loop.calls().truncated();
                repeat("received a message without a descriptor" + (cut ? " (cut by the kernel)" : ""), nowNs);
            }
        }
    }

    /**
     * Waits for nothing. Of a datagram socket that was shut down, only a call that would wait says that it is empty, by
     * 0, at once; to one that would not, it is EAGAIN for ever.
     */
    private int receiveOne() {
        return loop.calls().receiveDescriptor(source.fd(), stopping);
    }

    private boolean mayReceiveMore(int errno, long nowNs) {
        return switch (errno) {
            // The other side of a registration closed it with something unread; what it sent before follows.
            case Errno.EINTR, Errno.ECONNRESET -> true;
            case Errno.EAGAIN -> false;
            default -> {
                repeat("recvmsg: " + Errno.describe(errno) + "; receiving pauses", nowNs);
                resumeAtNs = nowNs + RETRY_NS;
                yield false;
            }
        };
    }

    private void admit(int fd, long nowNs) {
        if (!loop.check().admits(fd)) {
            repeat("received a descriptor that is no stream socket; closed", nowNs);
            close(fd);
            return;
        }
        HotCalls calls = loop.calls();
        if (calls.getpeername(fd) == 0 && isInternet(calls.peerFamily())) {
            admit(new Connection(fd, new ClientAddress(calls.peerHi(), calls.peerLo()), calls.peerPort()), nowNs);
        } else if (calls.getsockname(fd) == 0 && isInternet(calls.localFamily())) {
            repeat("a client went away before it was served", nowNs);
            close(fd);
        } else {
            admit(new Connection(fd, null, 0), nowNs);
        }
    }

    private void admit(Connection connection, long nowNs) {
        if (!admission.admit(connection)) {
            repeat("a client has half of the queue; what it opens beyond is reset", nowNs);
            loop.log().offer(Severity.INFO, spec.place().display() + ": reset " + connection.display());
            Sockets.setLinger(connection.fd(), 0);
            close(connection.fd());
        }
    }

    private static boolean isInternet(int family) {
        return family == Sockets.AF_INET || family == Sockets.AF_INET6;
    }

    private void start(Connection connection, long nowNs) {
        try {
            loop.children().start(this, program, connection, admission.childrenOfNext(), nowNs);
            admission.started();
        } catch (LinuxException e) {
            if (isPassing(e.errno())) {
                repeat(e.getMessage() + "; trying again, connections wait", nowNs);
                resumeAtNs = nowNs + RETRY_NS;
                return;
            }
            repeat(e.getMessage() + "; the connection is closed", nowNs);
            admission.failed();
        }
        close(connection.fd());
    }

    /** What posix_spawn(3) says when the machine or the user has too much of something, or a file is being replaced. */
    private static boolean isPassing(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.ENOMEM, Errno.EMFILE, Errno.ENFILE, Errno.ETXTBSY -> true;
            default -> false;
        };
    }

    /** One of its children has ended; null for one whose client has no address. */
    void childEnded(ClientAddress client) {
        admission.ended(client);
        // What was short may be there again.
        resumeAtNs = NEVER;
    }

    private void sourceEnded(long nowNs) {
        closeSource();
        if (stopping) {
            return;
        }
        say("the socketbox that we receive from closed the connection");
        if (spec.place().reconnect()) {
            reconnectAtNs = nowNs;
        } else {
            loop.registrationGone().run();
        }
    }

    private void closeSource() {
        if (source != null) {
            arm(false);
            source.close();
            source = null;
        }
    }

    /** On a thread of its own, because the other side may take its time to answer. */
    private void register() {
        try {
            int fd = ServiceSource.register(spec.place());
            loop.mailbox().post(() -> registered(fd));
        } catch (SetupException | LinuxException e) {
            loop.mailbox().post(() -> notRegistered(e.getMessage()));
        }
    }

    private void registered(int fd) {
        connecting = false;
        reconnectDelayNs = FIRST_RECONNECT_NS;
        if (stopping) {
            Descriptors.close(fd);
        } else {
            source = ServiceSource.ofRegistration(fd);
            say("registered");
        }
    }

    private void notRegistered(String why) {
        connecting = false;
        if (!stopping) {
            repeat(why + "; trying again", System.nanoTime());
            reconnectAtNs = System.nanoTime() + reconnectDelayNs;
            reconnectDelayNs = Math.min(LONGEST_RECONNECT_NS, 2 * reconnectDelayNs);
        }
    }

    /** Has no more sent to it. What was sent before is still received and served, as the limits allow. */
    @Override
    public void stop() {
        if (stopping) {
            return;
        }
        stopping = true;
        reconnectAtNs = NEVER;
        try {
            if (source != null) {
                source.stop();
            }
        } catch (LinuxException e) {
            say(e.getMessage() + "; the socket takes no more all the same");
        }
    }

    @Override
    public boolean isStopping() {
        return stopping;
    }

    /** Whether nothing can come any more, and nothing that came waits for a child. */
    boolean holdsNothing() {
        return source == null && admission.held() == 0;
    }

    /** Ends it, if it was stopped and nothing of it is left; whether it did. */
    boolean end() {
        boolean over = stopping && holdsNothing() && !connecting && admission.running() == 0;
        if (over) {
            program.close();
        }
        return over;
    }

    /**
     * Ends it without waiting for anything. Once only.
     *
     * @return how many connections are closed that had no child.
     */
    int abandon() {
        stop();
        int count = 0;
        List<Connection> held = admission.takeBack();
        for (Connection connection : held) {
            close(connection.fd());
            count++;
        }
        while (source != null && receiveOne() > 0) {
            if (loop.calls().receivedFd() >= 0) {
                loop.calls().close(loop.calls().receivedFd());
                count++;
            }
        }
        closeSource();
        program.close();
        return count;
    }

    private void close(int fd) {
        loop.calls().close(fd);
        loop.budget().closed();
    }

    private void say(String what) {
        loop.log().offer(spec.place().display() + ": " + what);
    }

    private void repeat(String what, long nowNs) {
        loop.log().repeat(spec.place().display() + ": " + what).hit(nowNs);
    }
}
