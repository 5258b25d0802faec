package io.socketbox.handoff;

import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.observe.Counter;
import io.socketbox.observe.Counters;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Statistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Hands connections to their destinations, and keeps those that a destination cannot take yet.
 *
 * <p>A balanced destination hands each connection to one of its members. It has one queue, for what no member has room
 * for; with {@link Balance#SOURCE} each member has its own, whose connections go to the others once the member is absent.
 *
 * <p>A connection is sent at once where that works. Else it waits in its destination's queue, in order: EPOLLOUT, a timer
 * or {@link #pathChanged} wakes it. It is closed, counted and logged only past {@link HandoffLimits}.
 *
 * <p>Shares: waiting connections draw on one budget of descriptors. A destination may hold as many as are still free (so
 * one alone takes half, two a third each, and there is always room for another). Past that, while it makes progress,
 * accepting pauses ({@link #mustPause}); once it has stood still for a second, its further connections are closed. A
 * destination that is stuck so delays the others by a second at most, and only when descriptors are scarce.
 *
 * <p>One thread. Owns every socket it opens and every connection given to {@link #deliver}.
 */
public final class Handoff implements AutoCloseable {
    /** Whose the targets are. Called on the thread of the hand-off. */
    public interface Owner {
        /** A target with an address is about to open its first socket: somebody should watch the path. */
        void watch(Target target);

        /** Nothing more is to be known about the path of a target. */
        void unwatch(Target target);

        /** A target that {@link Handoff#retire} could not close at once has been closed. */
        void left(Target target);
    }

    private static final long STUCK_NS = 1_000_000_000L;
    private static final long TICK_NS = 10_000_000L;
    private static final int FLUSH_BATCH = 256;
    private static final int RETRIES_PER_TICK = 256;

    private final HotCalls calls;
    private final int epollFd;
    private final long eventTag;
    private final EventLog log;
    private final TargetSockets sockets;
    private final Owner owner;
    private final List<Target> leaving = new ArrayList<>();

    private HandoffLimits limits;
    private Target[] waiting = new Target[16];
    private int waitingCount;
    private int retryCursor;
    private Ledger ledger;
    private int pendingTotal;
    private int heldElsewhere;
    private int pendingAbsent;
    private long progressAtNs;
    private long goneOn;
    private Target congested;
    private long nextTimerNs = Long.MAX_VALUE;

    /**
     * Nothing is opened yet.
     *
     * @param calls    of the dispatcher's thread.
     * @param epollFd  where destination sockets are added while something waits for them; not owned.
     * @param eventTag or-ed to a target's id to make the epoll data.
     * @param limits   what may be held.
     * @param counters of the dispatcher.
     * @param log      for what an operator should know.
     * @param owner    of the targets.
     */
    public Handoff(
            HotCalls calls,
            int epollFd,
            long eventTag,
            HandoffLimits limits,
            Counters counters,
            EventLog log,
            Owner owner) {
        this.calls = calls;
        this.epollFd = epollFd;
        this.eventTag = eventTag;
        this.limits = limits;
        this.log = log;
        this.sockets = new TargetSockets(calls, epollFd, limits.openSockets(), counters, log, owner);
        this.owner = owner;
        this.ledger = new Ledger(Statistics.around(counters), null);
    }

    /**
     * Writes down more than totals from now on.
     *
     * @param more around the same counters.
     */
    public void keep(Ledger more) {
        ledger = more;
    }

    /** Holds no more than these from now on. What is held already may stay. */
    public void limit(HandoffLimits newLimits) {
        limits = newLimits;
        sockets.limit(newLimits.openSockets());
    }

    /**
     * Sends a connection to its destination, now or as soon as it can be.
     *
     * @param target where to.
     * @param fd     the connection; owned here from now on.
     * @param nowNs  of {@link System#nanoTime}.
     */
    public void deliver(Target target, int fd, long nowNs) {
        Target place = target.pending.isEmpty() ? attempt(target, fd, nowNs) : target;
        if (place == null) {
            ledger.handedOff(sockets.last(), fd);
            calls.close(fd);
        } else {
            park(place, fd, nowNs);
        }
    }

    /**
     * Opens a destination's socket before the first connection needs it; does nothing where one has been first.
     *
     * @param target which.
     * @param nowNs  of {@link System#nanoTime}.
     * @return false when there is no room for more open sockets.
     */
    public boolean preopen(Target target, long nowNs) {
        ledger.of(target);
        if (target.isBalanced()) {
            boolean room = true;
            for (int i = 0; i < target.members.size() && room; i++) {
                room = preopen(target.members.get(i), nowNs);
            }
            return room;
        }
        if (target.isInherited() || target.state != Target.State.CLOSED) {
            return true;
        }
        if (!sockets.hasRoom()) {
            return false;
        }
        sockets.connect(target, nowNs);
        return true;
    }

    /**
     * Something happened to the file at a target's path: connects anew, and goes on with what waits.
     *
     * @param target which.
     * @param nowNs  of {@link System#nanoTime}.
     */
    public void pathChanged(Target target, long nowNs) {
        if (target.isInherited() || target.state == Target.State.CLOSED) {
            return;
        }
        sockets.disconnect(target);
        sockets.connect(target, nowNs);
        flush(target, nowNs);
        flushParent(target, nowNs);
    }

    /**
     * A receiver has registered: gives it what waits.
     *
     * @param member the receiver, a member of its group by now.
     * @param nowNs  of {@link System#nanoTime}.
     */
    public void joined(Target member, long nowNs) {
        flushParent(member, nowNs);
        if (member.parent.wasAway && member.parent.pending.isEmpty()) {
            sockets.back(member.parent, nowNs);
        }
    }

    /**
     * Has what waits for one target wait for another.
     *
     * @param from  which; it keeps nothing.
     * @param to    a balanced target.
     * @param nowNs of {@link System#nanoTime}.
     */
    public void move(Target from, Target to, long nowNs) {
        if (!from.pending.isEmpty()) {
            while (!from.pending.isEmpty()) {
                long arrivalNs = from.pending.peekArrivalNs();
                enqueue(to, takeFirst(from), arrivalNs, nowNs);
            }
            stopWaiting(from);
            goOnSoon(to, nowNs);
        }
    }

    /**
     * Closes a registered receiver's connection; what waits for it goes to the others.
     *
     * @param member the receiver.
     * @param nowNs  of {@link System#nanoTime}.
     */
    public void leave(Target member, long nowNs) {
        sockets.closeForGood(member);
        if (member.parent != null) {
            lose(member, nowNs);
            flushParent(member, nowNs);
        }
    }

    /**
     * Epoll reported a target's socket.
     *
     * @param target which.
     * @param nowNs  of {@link System#nanoTime}.
     */
    public void onEvent(Target target, long nowNs) {
        boolean isMember = target.parent != null;
        if (isMember && target.state == Target.State.BUSY) {
            target.state = Target.State.READY;
        }
        if (!target.pending.isEmpty()) {
            flush(target, nowNs);
        }
        flushParent(target, nowNs);
        if (target.pending.isEmpty() && !(isMember && target.state == Target.State.BUSY)) {
            sockets.disarm(target);
        }
    }

    /**
     * Closes what waited too long, and tries again what is due. Cheap when nothing is due.
     *
     * @param nowNs of {@link System#nanoTime}.
     */
    public void onTimer(long nowNs) {
        if (nowNs < nextTimerNs) {
            return;
        }
        nextTimerNs = Long.MAX_VALUE;
        retryDue(nowNs);
        for (int i = waitingCount - 1; i >= 0; i--) {
            Target target = waiting[i];
            if (expire(target, nowNs)) {
                schedule(target, nowNs);
            }
        }
    }

    /** When {@link #onTimer} has work again, of {@link System#nanoTime}; {@link Long#MAX_VALUE} when nothing waits. */
    public long nextTimerNs() {
        return nextTimerNs;
    }

    /**
     * Tells whether accepting should pause because what waits uses up the descriptors, and is on its way.
     *
     * @param nowNs of {@link System#nanoTime}.
     * @return false when there is room, or when waiting for room would be in vain.
     */
    public boolean mustPause(long nowNs) {
        if (congested != null) {
            if (congested.pending.size() > room() && isMoving(congested, nowNs)) {
                return true;
            }
            congested = null;
        }
        return room() <= 0 && nowNs - progressAtNs < STUCK_NS;
    }

    /** How many connections wait. */
    public int pendingTotal() {
        return pendingTotal;
    }

    /** How many more connections may wait, anywhere. */
    public int room() {
        return limits.budget() - pendingTotal - heldElsewhere;
    }

    /**
     * Says how many connections wait elsewhere in the dispatcher, which draw on the same budget.
     *
     * @param count of them.
     */
    public void heldElsewhere(int count) {
        heldElsewhere = count;
    }

    /** How many connections that had to wait have gone on so far. */
    public long goneOn() {
        return goneOn;
    }

    /** How many inherited descriptors lost their peer for good. */
    public int goneCount() {
        return sockets.goneCount();
    }

    /**
     * Closes a target's socket so that the target can get another address; nothing may wait for it.
     *
     * @param target which.
     */
    public void release(Target target) {
        sockets.disconnect(target);
    }

    /**
     * Closes a target that no connection will be given to any more: at once, or when what waits for it has been
     * delivered or has timed out. The registered members of a balanced one stay open.
     *
     * @param target which.
     * @param ticket for the owner, who finds it in {@link Target#ticket}.
     * @return whether it was closed at once; else {@link Owner#left} says when it is, unless {@link Target#keep} comes
     *     first.
     */
    public boolean retire(Target target, long ticket) {
        if (target.isIdle()) {
            discard(target);
            return true;
        }
        target.leaving = true;
        target.ticket = ticket;
        leaving.add(target);
        return false;
    }

    /** Closes those that are to be closed and for which nothing waits any more; cheap when there are none. */
    public void letGo() {
        if (!leaving.isEmpty()) {
            leaving.removeIf(target -> {
                // One that was kept meanwhile, or was closed before and stands here twice.
                if (!target.leaving) {
                    return true;
                }
                boolean idle = target.isIdle();
                if (idle) {
                    discard(target);
                    owner.left(target);
                }
                return idle;
            });
        }
    }

    /**
     * Closes a target's socket for good, inherited or not; nothing may wait for it.
     *
     * @param target which.
     */
    public void discard(Target target) {
        target.leaving = false;
        if (target.isBalanced()) {
            for (int i = 0; i < target.memberCount(); i++) {
                if (!target.member(i).isRegistered()) {
                    discard(target.member(i));
                }
            }
        } else {
            sockets.discard(target);
        }
        ledger.forget(target);
    }

    /** Closes every connection that still waits, counted and logged, then the destination sockets. */
    @Override
    public void close() {
        long nowNs = System.nanoTime();
        while (waitingCount > 0) {
            rejectAll(waiting[waitingCount - 1], Counter.CLOSED_AT_EXIT, nowNs);
        }
        sockets.closeAll();
    }

    /**
     * Sends a connection, if that works now.
     *
     * @return null when it was sent; else the target in whose queue it has to wait.
     */
    private Target attempt(Target target, int fd, long nowNs) {
        return target.isBalanced()
                ? attemptMembers(target, fd, nowNs)
                : sockets.send(target, fd, nowNs) ? null : target;
    }

    /** Tries one member after another: an absent one loses its place, a full one is passed over or waited for. */
    private Target attemptMembers(Target target, int fd, long nowNs) {
        Members members = target.members;
        boolean sticky = members.areSticky();
        probe(target, nowNs);
        long key = sticky && calls.getpeername(fd) == 0 ? Members.key(calls.peerHi(), calls.peerLo()) : 0;
        for (Target member = members.next(calls, key, nowNs);
                member != null;
                member = members.next(calls, key, nowNs)) {
            if (member.pending.isEmpty() && sockets.send(member, fd, nowNs)) {
                if (target.wasAway) {
                    sockets.back(target, nowNs);
                }
                return null;
            }
            if (member.isAbsent()) {
                lose(member, nowNs);
            } else if (sticky) {
                return member;
            } else if (member.state == Target.State.BUSY) {
                arm(member, nowNs);
            }
        }
        settle(target, nowNs);
        return target;
    }

    /** Looks whether one of the members that were absent is back: one at a time, and not often. */
    private void probe(Target target, long nowNs) {
        if (nowNs - target.nextProbeNs < 0) {
            return;
        }
        target.nextProbeNs = nowNs + TICK_NS;
        Target absent = target.members.nextToProbe(nowNs);
        if (absent != null) {
            sockets.connect(absent, nowNs);
        }
    }

    /** No member took a connection: when to try again, by what the members wait for themselves. */
    private static void settle(Target target, long nowNs) {
        Members members = target.members;
        boolean anyBusy = false;
        boolean anyDelayed = false;
        Target away = null;
        for (int i = 0; i < members.size(); i++) {
            Target member = members.get(i);
            anyBusy |= member.state == Target.State.BUSY;
            anyDelayed |= member.state == Target.State.DELAYED;
            away = member.state == Target.State.AWAY ? member : away;
        }
        boolean onlyBusy = anyBusy && !anyDelayed && away == null;
        target.state = onlyBusy ? Target.State.BUSY : anyBusy || anyDelayed ? Target.State.DELAYED : Target.State.AWAY;
        target.retryAtNs = nowNs + (members.size() > 0 ? TICK_NS : STUCK_NS);
        target.awayCall = away == null ? null : away.awayCall;
        target.awayErrno = away == null ? 0 : away.awayErrno;
    }

    /** A member is absent: it is passed over from now on, and what waits for it goes to the others. */
    private void lose(Target member, long nowNs) {
        Target target = member.parent;
        if (member.state == Target.State.GONE) {
            target.members.remove(member);
        } else if (!member.wasAway && target.members.size() > 1) {
            member.wasAway = true;
            log.repeat(awayLine(member, "the other members get its connections"))
                    .hit(nowNs);
        }
        move(member, target, nowNs);
        if (member.state == Target.State.GONE) {
            ledger.forget(member);
        }
    }

    /** Has the next {@link #onTimer} go on with what waits for a balanced target. */
    private void goOnSoon(Target target, long nowNs) {
        target.state = Target.State.DELAYED;
        target.retryAtNs = nowNs;
        nextTimerNs = Math.min(nextTimerNs, nowNs);
    }

    private void flushParent(Target member, long nowNs) {
        if (member.parent != null && !member.parent.pending.isEmpty()) {
            flush(member.parent, nowNs);
        }
    }

    private void park(Target target, int fd, long nowNs) {
        Counter refusal = refusal(target, nowNs);
        if (refusal != null) {
            reject(target, fd, refusal, nowNs, nowNs);
            return;
        }
        ledger.waited(target);
        enqueue(target, fd, nowNs, nowNs);
        if (isAbsentPath(target)) {
            target.pendingAbsent++;
            pendingAbsent++;
        }
        if (target.pending.size() > room() && isMoving(target, nowNs)) {
            congested = target;
        }
    }

    private void enqueue(Target target, int fd, long arrivalNs, long nowNs) {
        target.pending.addInOrder(fd, arrivalNs);
        pendingTotal++;
        ledger.pending(target, fd, 1);
        if (target.waitingIndex < 0) {
            startWaiting(target, nowNs);
        }
    }

    /** Why a connection may not wait, or null when it may. */
    private Counter refusal(Target target, long nowNs) {
        int size = target.pending.size();
        if (target.state == Target.State.GONE) {
            return Counter.CLOSED_DESTINATION_GONE;
        }
        if (size >= limits.queue()) {
            return Counter.CLOSED_QUEUE_FULL;
        }
        if (isAbsentPath(target) && pendingAbsent >= limits.absentPaths()) {
            return Counter.CLOSED_ABSENT_PATH;
        }
        if (room() <= 0 || (size > 0 && size >= room() && !isMoving(target, nowNs))) {
            return Counter.CLOSED_SHARE_EXCEEDED;
        }
        return null;
    }

    private static boolean isMoving(Target target, long nowNs) {
        return nowNs - target.progressAtNs < STUCK_NS;
    }

    private static boolean isAbsentPath(Target target) {
        return target.isFromTemplate() && target.state == Target.State.AWAY;
    }

    private void startWaiting(Target target, long nowNs) {
        if (waitingCount == waiting.length) {
            waiting = Arrays.copyOf(waiting, waitingCount * 2);
        }
        target.waitingIndex = waitingCount;
        waiting[waitingCount++] = target;
        target.progressAtNs = nowNs;
        progressAtNs = nowNs;
        waitOn(target, nowNs);
        schedule(target, nowNs);
    }

    /** Makes sure that something wakes a target for which connections wait, and says so when nobody receives. */
    private void waitOn(Target target, long nowNs) {
        if (target.state == Target.State.AWAY) {
            if (!target.wasAway) {
                target.wasAway = true;
                log.repeat(awayLine(target, "its connections wait")).hit(nowNs);
            }
        } else if (target.state != Target.State.DELAYED) {
            arm(target, nowNs);
        }
    }

    private static String awayLine(Target target, String consequence) {
        String reason = target.awayCall == null
                ? "no receiver is registered"
                : target.awayCall + ": " + Errno.describe(target.awayErrno);
        return target.logName() + ": nobody receives (" + reason + ")" + advice(target.awayErrno) + "; " + consequence;
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.EACCES ->
                "; that takes write permission on the socket file and search permission on its folders";
            case Errno.EPROTOTYPE -> "; a datagram socket is needed there";
            default -> "";
        };
    }

    private void stopWaiting(Target target) {
        sockets.disarm(target);
        Target last = waiting[--waitingCount];
        waiting[target.waitingIndex] = last;
        last.waitingIndex = target.waitingIndex;
        waiting[waitingCount] = null;
        target.waitingIndex = -1;
    }

    private void flush(Target target, long nowNs) {
        for (int i = 0; i < FLUSH_BATCH && !target.pending.isEmpty(); i++) {
            if (!sendFirst(target, nowNs)) {
                if (target.parent != null && target.isAbsent()) {
                    lose(target, nowNs);
                } else if (target.state == Target.State.GONE) {
                    rejectAll(target, Counter.CLOSED_DESTINATION_GONE, nowNs);
                } else {
                    waitOn(target, nowNs);
                    schedule(target, nowNs);
                }
                return;
            }
            target.progressAtNs = nowNs;
            progressAtNs = nowNs;
            goneOn++;
        }
        if (target.pending.isEmpty()) {
            if (target.waitingIndex >= 0) {
                stopWaiting(target);
            }
        } else if (target.isBalanced()) {
            goOnSoon(target, nowNs);
        } else {
            arm(target, nowNs);
        }
    }

    /** Sends the first that waits, or has it wait with its own member; returns false when it stays where it is. */
    private boolean sendFirst(Target target, long nowNs) {
        if (target.isBalanced() && target.members.areSticky()) {
            // Taken out first: a member that turns out to be lost may put older ones before it.
            long arrivalNs = target.pending.peekArrivalNs();
            int fd = takeFirst(target);
            Target place = attempt(target, fd, nowNs);
            if (place == null) {
                ledger.handedOff(sockets.last(), fd, arrivalNs);
                calls.close(fd);
            } else {
                enqueue(place, fd, arrivalNs, nowNs);
            }
            return place != target;
        }
        if (attempt(target, target.pending.peek(), nowNs) != null) {
            return false;
        }
        ledger.handedOff(sockets.last(), target.pending.peek(), target.pending.peekArrivalNs());
        calls.close(takeFirst(target));
        return true;
    }

    private int takeFirst(Target target) {
        int fd = target.pending.poll();
        pendingTotal--;
        ledger.pending(target, fd, -1);
        if (target.pendingAbsent > 0) {
            target.pendingAbsent--;
            pendingAbsent--;
        }
        return fd;
    }

    private void retryDue(long nowNs) {
        int attempts = 0;
        for (int steps = waitingCount; steps > 0 && attempts < RETRIES_PER_TICK && waitingCount > 0; steps--) {
            retryCursor = retryCursor + 1 < waitingCount ? retryCursor + 1 : 0;
            Target target = waiting[retryCursor];
            if (isOnTimer(target) && nowNs >= target.retryAtNs) {
                attempts++;
                flush(target, nowNs);
            }
        }
    }

    private static boolean isOnTimer(Target target) {
        return target.state == Target.State.AWAY || target.state == Target.State.DELAYED;
    }

    /** Closes the connections that waited too long; returns whether any still wait. */
    private boolean expire(Target target, long nowNs) {
        while (!target.pending.isEmpty() && nowNs - target.pending.peekArrivalNs() >= limits.timeoutNs()) {
            long arrivalNs = target.pending.peekArrivalNs();
            reject(target, takeFirst(target), Counter.CLOSED_HANDOFF_TIMEOUT, arrivalNs, nowNs);
        }
        if (target.pending.isEmpty()) {
            stopWaiting(target);
            return false;
        }
        return true;
    }

    private void rejectAll(Target target, Counter reason, long nowNs) {
        while (!target.pending.isEmpty()) {
            long arrivalNs = target.pending.peekArrivalNs();
            reject(target, takeFirst(target), reason, arrivalNs, nowNs);
        }
        stopWaiting(target);
    }

    private void reject(Target target, int fd, Counter reason, long arrivalNs, long nowNs) {
        calls.close(fd);
        ledger.closed(target, fd, reason, nowNs - arrivalNs);
        target.closed(log, reason).hit(nowNs);
    }

    private void schedule(Target target, long nowNs) {
        long dueNs = target.pending.peekArrivalNs() + limits.timeoutNs();
        if (isOnTimer(target)) {
            dueNs = Math.min(dueNs, target.retryAtNs);
        }
        nextTimerNs = Math.min(nextTimerNs, Math.max(dueNs, nowNs + TICK_NS));
    }

    private void arm(Target target, long nowNs) {
        if (target.writableArmed || target.isBalanced()) {
            return;
        }
        if (calls.epollAdd(epollFd, target.socketFd, Epoll.OUT, eventTag | target.id()) < 0) {
            target.state = Target.State.DELAYED;
            target.retryAtNs = nowNs + TICK_NS;
            return;
        }
        target.writableArmed = true;
    }
}
