package io.socketbox.dispatch;

import static java.lang.Integer.toUnsignedString;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.route.RegisterSocket;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Those who have connected to a register socket and not asked for a group yet. There are only so many of them, in all and
 * of one user, and only for so long; whoever may join nothing is not let in.
 *
 * <p>Owns their connections until they have asked. One thread, the registrar's.
 */
final class Applicants {
    /** At most so many at a time. */
    static final int MOST = 64;
    /** Of these, so many of one user. */
    static final int MOST_OF_USER = 16;
    /** How long each may take to ask. */
    static final int ASK_TIMEOUT_MS = 5_000;

    /**
     * The kernel doubles it; a message takes some 800 bytes. So a receiver that is killed takes about twenty connections
     * with it, and not two hundred.
     */
    private static final int SEND_BUFFER = 8 * 1024;

    private static final int NAMED_STRANGERS = 64;

    /** Somebody has asked for a group. */
    @FunctionalInterface
    interface Asked {
        /**
         * Is told once of each.
         *
         * @param fd    the connection, the callee's from here on.
         * @param uid   who it was when it connected.
         * @param path  of the register socket that it came by.
         * @param group 32 bits, unsigned.
         */
        void asked(int fd, int uid, String path, int group, long nowNs);
    }

    private record Applicant(int fd, int uid, String path, long deadlineNs) {}

    private final HotCalls calls;
    private final int epollFd;
    private final long tag;
    private final int ownUid;
    private final Asked asked;
    private final EventLog log;
    /** In the order of their deadlines. */
    private final Map<Integer, Applicant> byId = new LinkedHashMap<>();

    private final Set<Integer> strangers = new HashSet<>();
    private int nextId;
    private boolean suspended;

    /**
     * Nobody yet.
     *
     * @param calls   of the thread.
     * @param epollFd watches the connections; the caller's.
     * @param tag     the upper half of what epoll reports of them; the lower is the id that {@link #hear} takes.
     * @param ownUid  of this process.
     * @param asked   is told what they ask for.
     * @param log     for those who are refused.
     */
    Applicants(HotCalls calls, int epollFd, long tag, int ownUid, Asked asked, EventLog log) {
        this.calls = calls;
        this.epollFd = epollFd;
        this.tag = tag;
        this.ownUid = ownUid;
        this.asked = asked;
        this.log = log;
    }

    /** Somebody has connected: hears what they ask for if they have said it already. */
    void admit(RegisterSocket at, int fd, long nowNs) {
        int uid;
        try {
            uid = Sockets.peerCredentials(fd).uid();
            Sockets.setOption(fd, SocketOption.SO_SNDBUF, SEND_BUFFER);
        } catch (LinuxException e) {
            refuse(fd, shown(at.path()) + e.getMessage(), nowNs);
            return;
        }
        String refusal = refusal(at, uid);
        if (refusal != null) {
            refuse(fd, shown(at.path()) + "refused " + refusal, nowNs);
            return;
        }
        if (byId.size() >= MOST) {
            dismiss(byId.keySet().iterator().next(), "to make room for another", nowNs);
        }
        int id = nextId++;
        byId.put(id, new Applicant(fd, uid, at.path(), nowNs + ASK_TIMEOUT_MS * 1_000_000L));
        calls.epollAdd(epollFd, fd, Epoll.IN, tag | id);
        hear(id, nowNs);
    }

    /** Why a user is not let in; null when nothing is against it. */
    private String refusal(RegisterSocket at, int uid) {
        if (at.groups().stream().noneMatch(group -> Receivers.admits(group, uid, ownUid))) {
            return stranger(uid) + ", who may join no group there";
        }
        if (byId.values().stream().filter(each -> each.uid() == uid).count() >= MOST_OF_USER) {
            return "uid " + toUnsignedString(uid) + ", who has " + MOST_OF_USER
                    + " connections already that ask for nothing";
        }
        return null;
    }

    /** A user who has no business here, by number; if there are very many of them, not by number. */
    private String stranger(int uid) {
        boolean named = strangers.contains(uid) || (strangers.size() < NAMED_STRANGERS && strangers.add(uid));
        return named ? "uid " + toUnsignedString(uid) : "another user";
    }

    /** There may be something to read of one of them. */
    void hear(int id, long nowNs) {
        Applicant applicant = byId.get(id);
        if (applicant == null || suspended) {
            return;
        }
        int length = calls.receiveDescriptor(applicant.fd(), false);
        if (length < 0 && (calls.errno() == Errno.EAGAIN || calls.errno() == Errno.EINTR)) {
            return;
        }
        long group = RegisterRequest.group(calls, length);
        byId.remove(id);
        calls.epollDelete(epollFd, applicant.fd());
        if (calls.receivedFd() >= 0) {
            Descriptors.close(calls.receivedFd());
        }
        if (length <= 0) {
            Descriptors.close(applicant.fd());
        } else if (group == RegisterRequest.NONE) {
            refuse(
                    applicant.fd(),
                    shown(applicant.path()) + "uid " + toUnsignedString(applicant.uid())
                            + " sent no request to register",
                    nowNs);
        } else {
            asked.asked(applicant.fd(), applicant.uid(), applicant.path(), (int) group, nowNs);
        }
    }

    /** When the first of them is late; {@link Long#MAX_VALUE} when none will be. */
    long dueNs() {
        return byId.isEmpty() || suspended
                ? Long.MAX_VALUE
                : byId.values().iterator().next().deadlineNs();
    }

    /** Cuts off those who are late. */
    void dismissLate(long nowNs) {
        while (dueNs() != Long.MAX_VALUE && nowNs - dueNs() >= 0) {
            dismiss(byId.keySet().iterator().next(), "after " + ASK_TIMEOUT_MS / 1000 + " s", nowNs);
        }
    }

    private void dismiss(int id, String why, long nowNs) {
        Applicant applicant = byId.remove(id);
        calls.epollDelete(epollFd, applicant.fd());
        refuse(
                applicant.fd(),
                "register: closed a connection of uid " + toUnsignedString(applicant.uid())
                        + " that had asked for nothing " + why,
                nowNs);
    }

    private void refuse(int fd, String line, long nowNs) {
        Descriptors.close(fd);
        log.repeat(line).hit(nowNs);
    }

    /** Adds copies of their connections, for a successor; the descriptors are the caller's. */
    void copyTo(List<Registration> copies) {
        byId.values().forEach(each -> copies.add(Registration.ofApplicant(each.path(), Descriptors.dup(each.fd()))));
    }

    /** Leaves them unread, and lets none be late. */
    void suspend() {
        suspended = true;
        byId.values().forEach(each -> calls.epollDelete(epollFd, each.fd()));
    }

    /** Hears them again; who has asked meanwhile is not late. */
    void resume(long nowNs) {
        suspended = false;
        for (int id : List.copyOf(byId.keySet())) {
            calls.epollAdd(epollFd, byId.get(id).fd(), Epoll.IN, tag | id);
            hear(id, nowNs);
        }
    }

    /** Closes the connections. */
    void close() {
        byId.values().forEach(each -> Descriptors.close(each.fd()));
        byId.clear();
    }

    /** A register socket, as the start of a line of the log. */
    static String shown(String path) {
        return "register:" + ByteStrings.display(path) + ": ";
    }
}
