package io.socketbox.handoff;

import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.Counter;
import io.socketbox.observe.Counters;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;

/**
 * The sockets of a dispatcher's targets: connected beforehand, connected anew, and at most so many at once.
 *
 * <p>One thread. Owns every socket it opens, and inherited descriptors until their peer is gone.
 */
final class TargetSockets {
    private static final long RECONNECT_NS = 50_000_000L;
    private static final long DELAY_NS = 10_000_000L;
    private static final int SOCKET_TYPE = Sockets.DGRAM | Sockets.CLOEXEC | Sockets.NONBLOCK;

    private final HotCalls calls;
    private final int epollFd;
    private final Counters counters;
    private final EventLog log;
    private final Handoff.Owner owner;
    private final OpenTargets open;
    private Target last;
    private int goneCount;

    TargetSockets(HotCalls calls, int epollFd, int openSockets, Counters counters, EventLog log, Handoff.Owner owner) {
        this.calls = calls;
        this.epollFd = epollFd;
        this.counters = counters;
        this.log = log;
        this.owner = owner;
        this.open = new OpenTargets(openSockets);
    }

    /** From now on so many may be open at once; what is open beyond that is closed as others need room. */
    void limit(int openSockets) {
        open.resize(openSockets);
    }

    boolean hasRoom() {
        return !open.isFull();
    }

    /** The target that {@link #send} has sent to last. */
    Target last() {
        return last;
    }

    int goneCount() {
        return goneCount;
    }

    /**
     * Sends a connection over the target's socket, which is connected first where it is not. A receiver that went away
     * and came back is found at once.
     *
     * @return true when it was sent; else the target's state says when to try again.
     */
    boolean send(Target target, int fd, long nowNs) {
        if (target.state == Target.State.GONE) {
            return false;
        }
        boolean fresh = target.socketFd < 0;
        if (fresh && !connect(target, nowNs)) {
            return false;
        }
        while (sendMessage(target, fd) < 0) {
            int errno = calls.errno();
            if (errno == Errno.EINTR) {
                continue;
            }
            if (!isReceiverLost(errno)) {
                target.state = errno == Errno.EAGAIN ? Target.State.BUSY : Target.State.DELAYED;
                target.retryAtNs = nowNs + DELAY_NS;
                return false;
            }
            if (target.isInherited()) {
                gone(target, errno);
                return false;
            }
            disconnect(target);
            if (fresh) {
                away(target, "send", errno, nowNs);
                return false;
            }
            if (!connect(target, nowNs)) {
                return false;
            }
            fresh = true;
        }
        last = target;
        target.state = Target.State.READY;
        if (target.wasAway) {
            back(target, nowNs);
        }
        return true;
    }

    private int sendMessage(Target target, int fd) {
        return target.isRegistered()
                ? calls.sendRegistered(target.socketFd, fd)
                : calls.sendDescriptor(target.socketFd, fd);
    }

    /** Opens and connects the target's socket; on failure the target's state says when to try again. */
    boolean connect(Target target, long nowNs) {
        if (!target.watched) {
            target.watched = true;
            owner.watch(target);
        }
        if (open.isFull() && !evictOne()) {
            target.state = Target.State.DELAYED;
            target.retryAtNs = nowNs + RECONNECT_NS;
            return false;
        }
        int fd = calls.socket(Sockets.AF_UNIX, SOCKET_TYPE, 0);
        if (fd < 0) {
            away(target, "socket", calls.errno(), nowNs);
            return false;
        }
        if (calls.connectUnix(fd, target.address()) < 0) {
            int errno = calls.errno();
            calls.close(fd);
            away(target, "connect", errno, nowNs);
            return false;
        }
        target.socketFd = fd;
        target.openIndex = open.add(target);
        target.state = Target.State.READY;
        return true;
    }

    /** Closes the target's socket, if it has one that can be opened again. */
    void disconnect(Target target) {
        if (target.isInherited()) {
            return;
        }
        target.state = Target.State.CLOSED;
        if (target.socketFd < 0) {
            return;
        }
        calls.close(target.socketFd);
        target.socketFd = -1;
        target.writableArmed = false;
        Target moved = open.remove(target.openIndex);
        if (moved != null) {
            moved.openIndex = target.openIndex;
        }
        target.openIndex = -1;
    }

    /** Closes the target's socket, inherited or not, and has its path be watched no more; nothing may wait. */
    void discard(Target target) {
        if (target.isInherited()) {
            closeForGood(target);
            return;
        }
        disconnect(target);
        if (target.watched) {
            target.watched = false;
            owner.unwatch(target);
        }
    }

    /** Closes all sockets but the inherited ones; nothing may wait. */
    void closeAll() {
        while (evictOne()) {
            // Each step closes one.
        }
    }

    /** The receiver is gone, in contrast to one that is slow and to a kernel that is short of something. */
    private static boolean isReceiverLost(int errno) {
        return errno != Errno.EAGAIN && errno != Errno.ETOOMANYREFS && errno != Errno.ENOBUFS && errno != Errno.ENOMEM;
    }

    private boolean evictOne() {
        Target victim = open.victim();
        if (victim == null) {
            return false;
        }
        disconnect(victim);
        return true;
    }

    private void away(Target target, String call, int errno, long nowNs) {
        target.state = Target.State.AWAY;
        target.retryAtNs = nowNs + RECONNECT_NS;
        target.awayCall = call;
        target.awayErrno = errno;
    }

    void back(Target target, long nowNs) {
        target.wasAway = false;
        counters.increment(Counter.RECONNECTS);
        log.repeat(Severity.NOTICE, target.logName() + ": receives again").hit(nowNs);
    }

    /**
     * Has epoll forget a target's socket. Closing does not do that while the process has another copy of the
     * descriptor, as of those that are inherited or registered.
     */
    void disarm(Target target) {
        if (target.writableArmed) {
            calls.epollDelete(epollFd, target.socketFd);
            target.writableArmed = false;
        }
    }

    /** Closes the socket of a target that cannot be connected anew. */
    void closeForGood(Target target) {
        target.state = Target.State.GONE;
        disarm(target);
        if (target.socketFd >= 0) {
            calls.close(target.socketFd);
            target.socketFd = -1;
        }
    }

    private void gone(Target target, int errno) {
        closeForGood(target);
        if (target.isRegistered()) {
            target.tellGone();
            return;
        }
        goneCount++;
        log.offer(target + ": the receiving side is gone for good (" + Errno.describe(errno)
                + "); connections for it are closed");
    }
}
