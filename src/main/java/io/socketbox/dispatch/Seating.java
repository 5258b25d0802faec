package io.socketbox.dispatch;

import static java.lang.Integer.toUnsignedString;

import io.socketbox.dispatch.Receivers.Receiver;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.route.RegisterSocket;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Lets those who have asked join their groups, where they may: answers them, gives each dispatcher a copy of their
 * connections, and tells the dispatchers when they leave.
 *
 * <p>Owns a connection from the moment at which its receiver has asked. One thread, the registrar's.
 */
final class Seating {
    /** At most so many receivers of one user are in one group. */
    static final int RECEIVERS_OF_USER = 256;

    private static final byte[] ACCEPTED = {(byte) 0x80, 0, 0, 0};

    private final HotCalls calls;
    private final int epollFd;
    private final long tag;
    private final int ownUid;
    private final int receiverLimit;
    private final Dispatcher[] dispatchers;
    private final EventLog log;
    private final Receivers receivers = new Receivers();
    private Consumer<Registration> predecessor = nobody -> {};

    /**
     * Nobody yet.
     *
     * @param calls         of the thread.
     * @param epollFd       watches the connections; the caller's.
     * @param tag           the upper half of what epoll reports of a receiver's end; the lower is the id that {@link
     *     #leave} takes.
     * @param ownUid        of this process.
     * @param receiverLimit how many receivers there may be in all.
     * @param dispatchers   are given copies.
     * @param log           for events.
     */
    Seating(
            HotCalls calls,
            int epollFd,
            long tag,
            int ownUid,
            int receiverLimit,
            Dispatcher[] dispatchers,
            EventLog log) {
        this.calls = calls;
        this.epollFd = epollFd;
        this.tag = tag;
        this.ownUid = ownUid;
        this.receiverLimit = receiverLimit;
        this.dispatchers = dispatchers;
        this.log = log;
    }

    /**
     * Somebody asks to join a group; is answered, or cut off.
     *
     * @param at     what the configuration says of the register socket.
     * @param fd     the connection, taken over.
     * @param number of the group, 32 bits, unsigned.
     */
    void register(RegisterSocket at, int fd, int uid, int number, long nowNs) {
        String refusal = refusal(at, uid, number);
        if (refusal == null) {
            try {
                seat(receivers.add(fd, number, uid, at.path()), nowNs);
                return;
            } catch (LinuxException e) {
                refusal = "cannot join group " + toUnsignedString(number) + ": " + e.getMessage();
            }
        }
        Descriptors.close(fd);
        log.repeat(Applicants.shown(at.path()) + "uid " + toUnsignedString(uid) + " " + refusal)
                .hit(nowNs);
    }

    /** Why somebody cannot join; null when nothing is against it. */
    private String refusal(RegisterSocket at, int uid, int number) {
        RegisterSocket.Group group = at.group(number);
        if (group == null) {
            // Numbers have no end, and lines of the log must.
            return "asked for a group that cannot be joined there";
        }
        if (!Receivers.admits(group, uid, ownUid)) {
            return "may not join group " + toUnsignedString(number);
        }
        if (receivers.size() >= receiverLimit || receivers.count(number, uid) >= RECEIVERS_OF_USER) {
            return "asked for group " + toUnsignedString(number) + ", but there are too many receivers already";
        }
        return null;
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
        predecessor.accept(registration(receiver, receiver.fd()));
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
        calls.epollAdd(epollFd, receiver.fd(), 0, tag | receiver.id());
        for (int i = 0; i < dispatchers.length; i++) {
            dispatchers[i].postJoined(receiver.id(), receiver.group(), receiver.seat(), copies[i]);
        }
    }

    /** From now on, tells a predecessor of each receiver; the descriptor is not its own. */
    void tell(Consumer<Registration> predecessor) {
        this.predecessor = predecessor;
    }

    /** Somebody has joined by the process that goes on; takes over the descriptor. */
    void join(Registration receiver) {
        predecessor.accept(receiver);
        adopt(receiver);
    }

    /** Somebody has joined by another process; takes over the descriptor. */
    void adopt(Registration each) {
        try {
            int[] copies = copies(each.fd());
            show(receivers.add(each.fd(), each.group(), each.seat(), each.uid(), each.path()), copies);
        } catch (LinuxException e) {
            Descriptors.close(each.fd());
            log.offer("a receiver of another server cannot be taken on: " + e.getMessage());
        }
    }

    /** A receiver is gone; also if that was told before. */
    void leave(int id) {
        Receiver receiver = receivers.remove(id);
        if (receiver != null) {
            for (Dispatcher each : dispatchers) {
                each.postLeft(id);
            }
            end(receiver, "has left");
        }
    }

    /** The configuration has changed: ends those that may not stay. */
    void follow(Map<String, RegisterSocket> byPath) {
        receivers.all(each -> !mayStay(each, byPath.get(each.path()))).forEach(this::expel);
    }

    private boolean mayStay(Receiver receiver, RegisterSocket at) {
        RegisterSocket.Group group = at == null ? null : at.group(receiver.group());
        return group != null && Receivers.admits(group, receiver.uid(), ownUid);
    }

    /** What waits for its group is given to it still. */
    private void expel(Receiver receiver) {
        receivers.remove(receiver.id());
        for (Dispatcher each : dispatchers) {
            each.postExpelled(receiver.id());
        }
        end(receiver, "is cut off: the configuration has changed");
    }

    private void end(Receiver receiver, String how) {
        calls.epollDelete(epollFd, receiver.fd());
        Descriptors.close(receiver.fd());
        log.repeat(Severity.NOTICE, event(receiver) + how).hit(System.nanoTime());
    }

    private static String event(Receiver receiver) {
        return "group " + toUnsignedString(receiver.group()) + ": a receiver of uid " + toUnsignedString(receiver.uid())
                + " ";
    }

    /** Adds copies of the connections, for a successor; the descriptors are the caller's. */
    void copyTo(List<Registration> copies) {
        for (Receiver each : receivers.all()) {
            copies.add(registration(each, Descriptors.dup(each.fd())));
        }
    }

    private static Registration registration(Receiver each, int fd) {
        return Registration.ofReceiver(each.path(), each.group(), each.seat(), each.uid(), fd);
    }

    /** Closes the connections. */
    void close() {
        receivers.all().forEach(each -> Descriptors.close(each.fd()));
    }
}
