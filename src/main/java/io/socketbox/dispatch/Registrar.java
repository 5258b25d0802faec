package io.socketbox.dispatch;

import io.socketbox.linux.Credentials;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;
import io.socketbox.route.RegisterSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The thread at the register sockets: lets receivers in, hears what group they ask for ({@link Applicants}), has them
 * join it, and notices when they leave ({@link Seating}).
 *
 * <p>A receiver connects (SOCK_SEQPACKET), asks with eight bytes, {@code 01 00 0000} and the group in network order, and
 * is answered {@code 80 00 0000}. Whoever may not, asks for something else, or does not ask in
 * {@value Applicants#ASK_TIMEOUT_MS} ms is cut off without an answer, as the original does it; the log says why. What a
 * receiver sends later is never read, so that it cannot keep this thread busy.
 *
 * <p>While two servers have the register sockets, one that is to take the other's place and that other one, neither lets
 * anybody in: whoever connects waits in the backlog, and whoever was let in before and has not asked yet is left unread,
 * until it is certain which of both goes on.
 *
 * <p>Owns its epoll, the register sockets, their files, and a copy of every connection. Any thread may call {@link
 * #prepare}, {@link #follow}, {@link #suspend}, {@link #resume}, {@link #succeed}, {@link #leave}, {@link #join}, {@link
 * #lost} and {@link #stop}.
 */
final class Registrar implements Agent {
    private static final int TICK_MS = 100;
    private static final long PAUSE_NS = 100_000_000L;
    private static final int MAX_EVENTS = 64;
    private static final int ACCEPT_BATCH = 64;
    private static final long WAKE = 0L << 32;
    private static final long LISTENER = 1L << 32;
    private static final long APPLICANT = 2L << 32;
    private static final long RECEIVER = 3L << 32;

    private final EventLog log;
    private final int ownUid = Credentials.effectiveUid();
    private final Mailbox mailbox = new Mailbox();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Map<Integer, RegisterListener> listeners = new LinkedHashMap<>();
    private final Dispatcher[] dispatchers;
    private final int receiverLimit;
    /** Of a predecessor: the receivers until the first configuration has said what becomes of them, the rest longer. */
    private final List<Registration> adopted;

    private HotCalls calls;
    private Applicants applicants;
    private Seating seating;
    private int epollFd = -1;
    private int nextId;
    private long pausedUntilNs;
    private boolean paused;
    /** Whether another server has the register sockets too, and may be the one that goes on. */
    private boolean suspended;

    /**
     * Not running yet.
     *
     * @param log           for events.
     * @param receiverLimit how many receivers there may be in all.
     * @param dispatchers   are given a copy of each receiver's connection.
     * @param adopted       what a predecessor had, owned from here on; if that is anything, nobody else is let in before
     *     {@link #succeed}.
     */
    Registrar(EventLog log, int receiverLimit, Dispatcher[] dispatchers, List<Registration> adopted) {
        this.log = log;
        this.adopted = new ArrayList<>(adopted);
        this.suspended = !adopted.isEmpty();
        this.receiverLimit = receiverLimit;
        this.dispatchers = dispatchers;
    }

    @Override
    public String roleName() {
        return "registrar";
    }

    /**
     * Opens the register sockets of a configuration that are not open yet; nobody is let in before {@link #follow}.
     *
     * @return what was opened; if it is not followed, {@link #abandon} closes it.
     * @throws LinuxException when one cannot be opened; then none stays open.
     */
    synchronized List<RegisterListener> prepare(List<RegisterSocket> wanted) {
        List<RegisterListener> opened = new ArrayList<>();
        try {
            for (RegisterSocket each : wanted) {
                if (find(each.path()) == null) {
                    opened.add(open(each));
                }
            }
            return opened;
        } catch (LinuxException e) {
            abandon(opened);
            throw e;
        }
    }

    private RegisterListener open(RegisterSocket wanted) {
        for (Registration each : adopted) {
            if (each.kind() == Registration.Kind.SOCKET && each.path().equals(wanted.path())) {
                adopted.remove(each);
                return RegisterListener.adopt(nextId++, each.fd(), wanted);
            }
        }
        return RegisterListener.open(nextId++, wanted);
    }

    /** Closes what {@link #prepare} opened. */
    void abandon(List<RegisterListener> opened) {
        opened.forEach(RegisterListener::close);
    }

    /**
     * Lets receivers in by what a configuration says. Those that may stay do; the others are closed, once the dispatchers
     * have given them what waits.
     *
     * @param wanted all register sockets of the configuration.
     * @param opened what {@link #prepare} made of them.
     */
    void follow(List<RegisterSocket> wanted, List<RegisterListener> opened) {
        CountDownLatch done = new CountDownLatch(1);
        mailbox.post(() -> {
            change(wanted, opened);
            done.countDown();
        });
        waitFor(done);
    }

    /** As {@link #follow}, before the thread has started. */
    synchronized void begin(List<RegisterSocket> wanted, List<RegisterListener> opened) {
        // At once: the thread may not have come to it when the next configuration asks what is open.
        opened.forEach(each -> listeners.put(each.id(), each));
        mailbox.post(() -> change(wanted, opened));
    }

    private void waitFor(CountDownLatch done) {
        try {
            while (!done.await(TICK_MS, TimeUnit.MILLISECONDS) && stopped.getCount() > 0) {
                // It cannot be done any more once the thread has ended.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Copies of the register sockets and of all connections, for a successor; their descriptors are the caller's. From
     * here on nobody is let in and nobody heard, until {@link #resume} or, for good, {@link #leave}. Waits for the thread.
     *
     * @return null when there are not enough descriptors, or the thread has ended; nothing is suspended then.
     */
    List<Registration> suspend() {
        List<Registration> copies = new ArrayList<>();
        AtomicBoolean complete = new AtomicBoolean();
        CountDownLatch done = new CountDownLatch(1);
        mailbox.post(() -> {
            try {
                copyAll(copies);
                suspendAll();
                complete.set(true);
            } catch (LinuxException e) {
                log.offer("receivers cannot be handed over: " + e.getMessage());
                copies.forEach(each -> Descriptors.close(each.fd()));
            }
            done.countDown();
        });
        waitFor(done);
        return complete.get() ? copies : null;
    }

    private void copyAll(List<Registration> copies) {
        for (RegisterListener each : listeners.values()) {
            copies.add(Registration.ofSocket(each.says().path(), Descriptors.dup(each.fd())));
        }
        applicants.copyTo(copies);
        seating.copyTo(copies);
    }

    private void suspendAll() {
        suspended = true;
        for (RegisterListener each : listeners.values()) {
            calls.epollDelete(epollFd, each.fd());
            each.share(true);
        }
        applicants.suspend();
    }

    /** The successor has failed: goes on as before. */
    void resume() {
        mailbox.post(() -> resumeAll(System.nanoTime()));
    }

    /**
     * The predecessor has left: it is here that registrations go on.
     *
     * @param predecessor told of each receiver from now on, on this thread; the descriptor is not its own.
     */
    void succeed(Consumer<Registration> predecessor) {
        mailbox.post(() -> {
            seating.tell(predecessor);
            resumeAll(System.nanoTime());
        });
    }

    /** Somebody has registered with the successor, while connections may wait here; takes over the descriptor. */
    void join(Registration receiver) {
        if (!mailbox.post(() -> seating.join(receiver))) {
            Descriptors.close(receiver.fd());
        }
    }

    private void resumeAll(long nowNs) {
        suspended = false;
        for (RegisterListener each : listeners.values()) {
            each.share(false);
            listen(each);
        }
        applicants.resume(nowNs);
        takeAdopted(each -> true).forEach(each -> settle(each, nowNs));
    }

    /** Nobody but this process can have this any more. */
    private void settle(Registration adoptee, long nowNs) {
        RegisterListener listener = find(adoptee.path());
        if (adoptee.kind() == Registration.Kind.SOCKET) {
            RegisterListener.discard(adoptee.path(), adoptee.fd());
        } else if (listener == null) {
            Descriptors.close(adoptee.fd());
        } else {
            applicants.admit(listener.says(), adoptee.fd(), nowNs);
        }
    }

    private synchronized List<Registration> takeAdopted(Predicate<Registration> wanted) {
        List<Registration> taken = adopted.stream().filter(wanted).toList();
        adopted.removeAll(taken);
        return taken;
    }

    /** A successor has its copies and is at work: nobody registers here any more, and the files stay where they are. */
    void leave() {
        mailbox.post(() -> {
            synchronized (this) {
                listeners.values().forEach(this::close);
                listeners.clear();
            }
            applicants.close();
        });
    }

    private void close(RegisterListener listener) {
        // Explicitly: in a successor it lives on, and would be reported here for ever.
        calls.epollDelete(epollFd, listener.fd());
        listener.close();
    }

    /** A dispatcher found a receiver gone. */
    void lost(int receiver) {
        mailbox.post(() -> seating.leave(receiver));
    }

    /** Ends the thread and closes everything; returns when that is done. */
    void stop() throws InterruptedException {
        mailbox.post(() -> {
            throw new AgentTerminationException();
        });
        stopped.await();
    }

    @Override
    public void onStart() {
        calls = new HotCalls(MAX_EVENTS);
        epollFd = calls.epollCreate();
        applicants = new Applicants(calls, epollFd, APPLICANT, ownUid, this::register, log);
        seating = new Seating(calls, epollFd, RECEIVER, ownUid, receiverLimit, dispatchers, log);
        calls.epollAdd(epollFd, mailbox.eventFd(), Epoll.IN, WAKE);
    }

    @Override
    public int doWork() {
        int events = calls.epollWait(epollFd, timeoutMs());
        long nowNs = System.nanoTime();
        long[] data = new long[Math.max(0, events)];
        for (int i = 0; i < data.length; i++) {
            data[i] = calls.eventData(i);
        }
        for (long each : data) {
            int id = (int) each;
            switch ((int) (each >>> 32)) {
                case (int) (LISTENER >>> 32) -> acceptBatch(id, nowNs);
                case (int) (APPLICANT >>> 32) -> applicants.hear(id, nowNs);
                case (int) (RECEIVER >>> 32) -> seating.leave(id);
                default -> mailbox.run(calls);
            }
        }
        applicants.dismissLate(nowNs);
        if (paused && nowNs >= pausedUntilNs) {
            paused = false;
            listeners.values().forEach(this::listen);
        }
        return data.length;
    }

    @Override
    public void onClose() {
        takeAdopted(each -> true).forEach(each -> Descriptors.close(each.fd()));
        applicants.close();
        seating.close();
        synchronized (this) {
            listeners.values().forEach(RegisterListener::close);
            listeners.clear();
        }
        calls.close(epollFd);
        mailbox.close();
        calls.close();
        stopped.countDown();
    }

    private int timeoutMs() {
        long dueNs = paused ? Math.min(applicants.dueNs(), pausedUntilNs) : applicants.dueNs();
        return dueNs == Long.MAX_VALUE ? -1 : (int) Math.max(0, (dueNs - System.nanoTime()) / 1_000_000 + 1);
    }

    private RegisterListener find(String path) {
        return listeners.values().stream()
                .filter(each -> each.says().path().equals(path))
                .findFirst()
                .orElse(null);
    }

    private void change(List<RegisterSocket> wanted, List<RegisterListener> opened) {
        Map<String, RegisterSocket> byPath = new LinkedHashMap<>();
        wanted.forEach(each -> byPath.put(each.path(), each));
        synchronized (this) {
            for (RegisterListener each : List.copyOf(listeners.values())) {
                RegisterSocket now = byPath.get(each.says().path());
                if (now == null) {
                    listeners.remove(each.id());
                    close(each);
                } else {
                    permit(each, now);
                }
            }
            opened.forEach(each -> listeners.put(each.id(), each));
        }
        opened.forEach(this::listen);
        takeAdopted(each -> each.kind() == Registration.Kind.RECEIVER).forEach(seating::adopt);
        seating.follow(byPath);
    }

    private void permit(RegisterListener listener, RegisterSocket now) {
        try {
            listener.change(now);
        } catch (LinuxException e) {
            log.offer(Applicants.shown(listener.says().path()) + e.getMessage() + "; its mode or owner stays as it is");
        }
    }

    private void listen(RegisterListener listener) {
        if (!paused && !suspended) {
            calls.epollAdd(epollFd, listener.fd(), Epoll.IN, LISTENER | listener.id());
        }
    }

    private void acceptBatch(int id, long nowNs) {
        RegisterListener listener = listeners.get(id);
        for (int i = 0; i < ACCEPT_BATCH && listener != null && !suspended; i++) {
            int fd = calls.accept4(listener.fd());
            if (fd >= 0) {
                applicants.admit(listener.says(), fd, nowNs);
            } else if (calls.errno() == Errno.EAGAIN) {
                return;
            } else if (calls.errno() != Errno.EINTR && calls.errno() != Errno.ECONNABORTED) {
                log.repeat(Applicants.shown(listener.says().path()) + "accept: " + Errno.describe(calls.errno())
                                + "; trying again soon")
                        .hit(nowNs);
                pause(nowNs);
                return;
            }
        }
    }

    private void pause(long nowNs) {
        paused = true;
        pausedUntilNs = nowNs + PAUSE_NS;
        listeners.values().forEach(each -> calls.epollDelete(epollFd, each.fd()));
    }

    /** Lets a receiver join, if it may. */
    private void register(int fd, int uid, String path, int number, long nowNs) {
        RegisterListener listener = find(path);
        if (listener == null) {
            Descriptors.close(fd);
            return;
        }
        seating.register(listener.says(), fd, uid, number, nowNs);
    }
}
