package io.socketbox.dispatch;

import io.socketbox.dispatch.Receivers.Receiver;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Credentials;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.route.RegisterSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The thread at the register sockets: lets receivers join groups, gives each dispatcher a copy of their connections, and
 * notices when they leave.
 *
 * <p>A receiver connects (SOCK_SEQPACKET), asks with eight bytes, {@code 01 00 0000} and the group in network order, and
 * is answered {@code 80 00 0000}. Whoever may not, asks for something else, or does not ask in {@value #ASK_TIMEOUT_MS}
 * ms is cut off without an answer, as the original does it; the log says why. What a receiver sends later is never read,
 * so that it cannot keep this thread busy.
 *
 * <p>While two servers have the register sockets, one that is to take the other's place and that other one, neither lets
 * anybody in: whoever connects waits in the backlog, and whoever was let in before and has not asked yet is left unread,
 * until it is certain which of both goes on.
 *
 * <p>Owns its epoll, the register sockets, their files, and a copy of every connection. Any thread may call {@link
 * #prepare}, {@link #follow}, {@link #suspend}, {@link #resume}, {@link #leave}, {@link #lost} and {@link #stop}.
 */
final class Registrar implements Agent {
    /** At most so many have connected and not asked yet. */
    static final int APPLICANTS = 64;
    /** Of these, so many of one user. */
    static final int APPLICANTS_OF_USER = 16;
    /** At most so many receivers of one user are in one group. */
    static final int RECEIVERS_OF_USER = 256;

    private static final int ASK_TIMEOUT_MS = 5_000;
    private static final int TICK_MS = 100;
    private static final long PAUSE_NS = 100_000_000L;
    private static final int MAX_EVENTS = 64;
    private static final int ACCEPT_BATCH = 64;
    private static final int NAMED_STRANGERS = 64;
    /**
     * The kernel doubles it; a message takes some 800 bytes. So a receiver that is killed takes about twenty connections
     * with it, and not two hundred.
     */
    private static final int SEND_BUFFER = 8 * 1024;

    private static final byte[] ACCEPTED = {(byte) 0x80, 0, 0, 0};

    private static final long WAKE = 0L << 32;
    private static final long LISTENER = 1L << 32;
    private static final long APPLICANT = 2L << 32;
    private static final long RECEIVER = 3L << 32;

    /** Somebody who has connected and not asked yet. */
    private record Applicant(int fd, int uid, String path, long deadlineNs) {}

    private final EventLog log;
    private final int receiverLimit;
    private final int ownUid = Credentials.effectiveUid();
    private final Mailbox mailbox = new Mailbox();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Map<Integer, RegisterListener> listeners = new LinkedHashMap<>();
    /** In the order of their deadlines. */
    private final Map<Integer, Applicant> applicants = new LinkedHashMap<>();

    private final Receivers receivers = new Receivers();
    private final Set<Integer> strangers = new HashSet<>();
    private final Dispatcher[] dispatchers;
    /** Of a predecessor: the receivers until the first configuration has said what becomes of them, the rest longer. */
    private final List<Registration> adopted;

    private HotCalls calls;
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
     *     {@link #resume}.
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
        for (Applicant each : applicants.values()) {
            copies.add(Registration.ofApplicant(each.path(), Descriptors.dup(each.fd())));
        }
        for (Receiver each : receivers.all()) {
            copies.add(Registration.ofReceiver(
                    each.path(), each.group(), each.seat(), each.uid(), Descriptors.dup(each.fd())));
        }
    }

    private void suspendAll() {
        suspended = true;
        for (RegisterListener each : listeners.values()) {
            calls.epollDelete(epollFd, each.fd());
            each.share(true);
        }
        applicants.values().forEach(each -> calls.epollDelete(epollFd, each.fd()));
    }

    /** It is here that registrations go on: the successor has failed, or the predecessor has left. */
    void resume() {
        mailbox.post(() -> resumeAll(System.nanoTime()));
    }

    private void resumeAll(long nowNs) {
        suspended = false;
        for (RegisterListener each : listeners.values()) {
            each.share(false);
            listen(each);
        }
        for (Map.Entry<Integer, Applicant> each : List.copyOf(applicants.entrySet())) {
            calls.epollAdd(epollFd, each.getValue().fd(), Epoll.IN, APPLICANT | each.getKey());
            // Who has asked meanwhile is not late.
            hear(each.getKey(), nowNs);
        }
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
            admit(listener, adoptee.fd(), nowNs);
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
            applicants.values().forEach(each -> Descriptors.close(each.fd()));
            applicants.clear();
        });
    }

    private void close(RegisterListener listener) {
        // Explicitly: in a successor it lives on, and would be reported here for ever.
        calls.epollDelete(epollFd, listener.fd());
        listener.close();
    }

    /** A dispatcher found a receiver gone. */
    void lost(int receiver) {
        mailbox.post(() -> leave(receiver));
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
                case (int) (APPLICANT >>> 32) -> hear(id, nowNs);
                case (int) (RECEIVER >>> 32) -> leave(id);
                default -> mailbox.run(calls);
            }
        }
        if (!suspended) {
            dismissLate(nowNs);
        }
        if (paused && nowNs >= pausedUntilNs) {
            paused = false;
            listeners.values().forEach(this::listen);
        }
        return data.length;
    }

    @Override
    public void onClose() {
        takeAdopted(each -> true).forEach(each -> Descriptors.close(each.fd()));
        applicants.values().forEach(each -> Descriptors.close(each.fd()));
        receivers.all().forEach(each -> Descriptors.close(each.fd()));
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
        long dueNs = applicants.isEmpty() || suspended
                ? Long.MAX_VALUE
                : applicants.values().iterator().next().deadlineNs();
        dueNs = paused ? Math.min(dueNs, pausedUntilNs) : dueNs;
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
        takeAdopted(each -> each.kind() == Registration.Kind.RECEIVER).forEach(this::adopt);
        receivers.all(each -> !mayStay(each, byPath.get(each.path()))).forEach(each -> expel(each.id()));
    }

    private void adopt(Registration each) {
        try {
            int[] copies = copies(each.fd());
            show(receivers.add(each.fd(), each.group(), each.seat(), each.uid(), each.path()), copies);
        } catch (LinuxException e) {
            Descriptors.close(each.fd());
            log.offer("a receiver of the server before is cut off: " + e.getMessage());
        }
    }

    private void permit(RegisterListener listener, RegisterSocket now) {
        try {
            listener.change(now);
        } catch (LinuxException e) {
            log.offer(shown(listener) + e.getMessage() + "; its mode or owner stays as it is");
        }
    }

    private boolean mayStay(Receiver receiver, RegisterSocket at) {
        RegisterSocket.Group group = at == null ? null : at.group(receiver.group());
        return group != null && Receivers.admits(group, receiver.uid(), ownUid);
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
                admit(listener, fd, nowNs);
            } else if (calls.errno() == Errno.EAGAIN) {
                return;
            } else if (calls.errno() != Errno.EINTR && calls.errno() != Errno.ECONNABORTED) {
                log.repeat(shown(listener) + "accept: " + Errno.describe(calls.errno()) + "; trying again soon")
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

    /** Somebody has connected: hears what they ask for if they have said it already. */
    private void admit(RegisterListener listener, int fd, long nowNs) {
        int uid;
        try {
            uid = Sockets.peerCredentials(fd).uid();
            Sockets.setOption(fd, SocketOption.SO_SNDBUF, SEND_BUFFER);
        } catch (LinuxException e) {
            refuse(fd, shown(listener) + e.getMessage(), nowNs);
            return;
        }
        if (listener.says().groups().stream().noneMatch(group -> Receivers.admits(group, uid, ownUid))) {
            refuse(fd, shown(listener) + "refused " + stranger(uid) + ", who may join no group there", nowNs);
            return;
        }
        if (applicants.values().stream().filter(each -> each.uid() == uid).count() >= APPLICANTS_OF_USER) {
            refuse(
                    fd,
                    shown(listener) + "refused uid " + unsigned(uid) + ", who has " + APPLICANTS_OF_USER
                            + " connections already that ask for nothing",
                    nowNs);
            return;
        }
        if (applicants.size() >= APPLICANTS) {
            dismiss(applicants.keySet().iterator().next(), "to make room for another", nowNs);
        }
        int id = nextApplicant();
        Applicant applicant = new Applicant(fd, uid, listener.says().path(), nowNs + ASK_TIMEOUT_MS * 1_000_000L);
        applicants.put(id, applicant);
        calls.epollAdd(epollFd, fd, Epoll.IN, APPLICANT | id);
        hear(id, nowNs);
    }

    private synchronized int nextApplicant() {
        return nextId++;
    }

    private void hear(int id, long nowNs) {
        Applicant applicant = applicants.get(id);
        if (applicant == null || suspended) {
            return;
        }
        int length = calls.receiveDescriptor(applicant.fd(), false);
        if (length < 0 && (calls.errno() == Errno.EAGAIN || calls.errno() == Errno.EINTR)) {
            return;
        }
        RegisterListener listener = find(applicant.path());
        long group = RegisterRequest.group(calls, length);
        applicants.remove(id);
        calls.epollDelete(epollFd, applicant.fd());
        if (calls.receivedFd() >= 0) {
            Descriptors.close(calls.receivedFd());
        }
        if (length <= 0 || listener == null) {
            // It went away, or what it came by did.
            Descriptors.close(applicant.fd());
        } else if (group == RegisterRequest.NONE) {
            refuse(
                    applicant.fd(),
                    shown(listener) + "uid " + unsigned(applicant.uid()) + " sent no request to register",
                    nowNs);
        } else {
            register(listener, applicant, (int) group, nowNs);
        }
    }

    private void register(RegisterListener listener, Applicant applicant, int number, long nowNs) {
        int uid = applicant.uid();
        RegisterSocket.Group group = listener.says().group(number);
        String refusal = null;
        if (group == null) {
            // Numbers have no end, and lines of the log must.
            refusal = "asked for a group that cannot be joined there";
        } else if (!Receivers.admits(group, uid, ownUid)) {
            refusal = "may not join group " + unsigned(number);
        } else if (receivers.size() >= receiverLimit || receivers.count(number, uid) >= RECEIVERS_OF_USER) {
            refusal = "asked for group " + unsigned(number) + ", but there are too many receivers already";
        }
        if (refusal != null) {
            refuse(applicant.fd(), shown(listener) + "uid " + unsigned(uid) + " " + refusal, nowNs);
            return;
        }
        try {
            seat(receivers.add(applicant.fd(), number, uid, listener.says().path()), nowNs);
        } catch (LinuxException e) {
            refuse(applicant.fd(), shown(listener) + "group " + unsigned(number) + ": " + e.getMessage(), nowNs);
        }
    }

    /** Answers a receiver and shows it to the dispatchers. */
    private void seat(Receiver receiver, long nowNs) {
        int[] copies = {};
        try {
            copies = copies(receiver.fd());
            // The answer has to be the first that it gets, whatever the dispatchers are about to send.
            Sockets.send(receiver.fd(), ACCEPTED);
        } catch (LinuxException e) {
            for (int copy : copies) {
                Descriptors.close(copy);
            }
            receivers.remove(receiver.id());
            throw e;
        }
        show(receiver, copies);
        log.repeat(Severity.NOTICE, event(receiver) + "has joined").hit(nowNs);
    }

    private int[] copies(int fd) {
        int[] copies = new int[dispatchers.length];
        int made = 0;
        try {
            for (; made < copies.length; made++) {
                copies[made] = Descriptors.dupFrom(fd, 0);
            }
            return copies;
        } catch (LinuxException e) {
            for (int i = 0; i < made; i++) {
                Descriptors.close(copies[i]);
            }
            throw e;
        }
    }

    private void show(Receiver receiver, int[] copies) {
        // Nothing but the end of the connection: that is always told.
        calls.epollAdd(epollFd, receiver.fd(), 0, RECEIVER | receiver.id());
        for (int i = 0; i < dispatchers.length; i++) {
            dispatchers[i].postJoined(receiver.id(), receiver.group(), receiver.seat(), copies[i]);
        }
    }

    private void leave(int id) {
        Receiver receiver = receivers.remove(id);
        if (receiver != null) {
            for (Dispatcher each : dispatchers) {
                each.postLeft(id);
            }
            end(receiver, "has left");
        }
    }

    /** It may not stay; what waits for its group is given to it still. */
    private void expel(int id) {
        Receiver receiver = receivers.remove(id);
        for (Dispatcher each : dispatchers) {
            each.postExpelled(id);
        }
        end(receiver, "is cut off: the configuration has changed");
    }

    private void end(Receiver receiver, String how) {
        calls.epollDelete(epollFd, receiver.fd());
        Descriptors.close(receiver.fd());
        log.repeat(Severity.NOTICE, event(receiver) + how).hit(System.nanoTime());
    }

    private static String event(Receiver receiver) {
        return "group " + unsigned(receiver.group()) + ": a receiver of uid " + unsigned(receiver.uid()) + " ";
    }

    private void dismissLate(long nowNs) {
        while (!applicants.isEmpty()) {
            Map.Entry<Integer, Applicant> first =
                    applicants.entrySet().iterator().next();
            if (nowNs - first.getValue().deadlineNs() < 0) {
                return;
            }
            dismiss(first.getKey(), "after " + ASK_TIMEOUT_MS / 1000 + " s", nowNs);
        }
    }

    private void dismiss(int id, String why, long nowNs) {
        Applicant applicant = applicants.remove(id);
        calls.epollDelete(epollFd, applicant.fd());
        refuse(
                applicant.fd(),
                "register: closed a connection of uid " + unsigned(applicant.uid()) + " that had asked for nothing "
                        + why,
                nowNs);
    }

    private void refuse(int fd, String line, long nowNs) {
        Descriptors.close(fd);
        log.repeat(line).hit(nowNs);
    }

    /** A user who has no business here, by number; if there are very many of them, not by number. */
    private String stranger(int uid) {
        boolean named = strangers.contains(uid) || (strangers.size() < NAMED_STRANGERS && strangers.add(uid));
        return named ? "uid " + unsigned(uid) : "another user";
    }

    private static String shown(RegisterListener listener) {
        return "register:" + ByteStrings.display(listener.says().path()) + ": ";
    }

    private static String unsigned(int number) {
        return Integer.toUnsignedString(number);
    }
}
