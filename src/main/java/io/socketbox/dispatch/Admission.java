package io.socketbox.dispatch;

import io.socketbox.handoff.Handoff;
import io.socketbox.handoff.Ledger;
import io.socketbox.limit.Limiters;
import io.socketbox.limit.RateLimiter;
import io.socketbox.linux.HotCalls;
import io.socketbox.observe.Counter;
import io.socketbox.observe.EventLog;
import java.util.HashMap;
import java.util.Map;

/**
 * What rate limits mean to one dispatcher: which connections go on at once, wait, or are closed.
 *
 * <p>A connection has to pass the limit of its rule and the one for all, and takes the tokens of both or of none. Who
 * has to wait gets a token that is still to come, and waits here until it does: one rule's limit, or one client's, is no
 * one else's concern, so that accepting goes on. As many wait at most as there are free descriptors left ({@link
 * Handoff#room}). Only when the total of the limit for all is used up does accepting pause ({@link #pauseNs}), and
 * connections wait in the kernel's backlog; one for each other dispatcher, accepted at the same time, may be here.
 *
 * <p>One thread; owns the connections that wait.
 */
final class Admission {
    private final HotCalls calls;
    private final int queue;
    private final long timeoutNs;
    private final Ledger ledger;
    private final EventLog log;
    private final Handoff handoff;
    private final DelayQueue delayed = new DelayQueue();
    private final Map<RateLimiter, Lines> lines = new HashMap<>();

    private Limiters limiters = Limiters.NONE;
    private boolean on;
    private long pauseNs;

    /** What is logged about one limit, made when it is needed first. */
    private record Lines(EventLog.Repeat pastRate, EventLog.Repeat pastClientRate, EventLog.Repeat crowded) {
        static Lines of(EventLog log, RateLimiter limiter) {
            String name = "limit:" + limiter.limit().name() + ": ";
            return new Lines(
                    log.repeat(name + "connection closed, past its rate"),
                    log.repeat(name + "connection closed, past the rate of one client"),
                    log.repeat(name + "more clients than are tracked; new ones begin with what another has used up"));
        }
    }

    /** No limits yet. */
    Admission(HotCalls calls, Engine.Context context, Ledger ledger, Handoff handoff) {
        this.calls = calls;
        this.queue = context.queueLimit();
        this.timeoutNs = context.handoffTimeoutNs();
        this.ledger = ledger;
        this.log = context.log();
        this.handoff = handoff;
    }

    /** From now on, these limits hold; who waits already goes on waiting. {@link #pauseNs} is about them from here on. */
    void use(Limiters next, long nowNs) {
        limiters = next;
        on = !next.isEmpty();
        lines.clear();
        synchronized (next.lock()) {
            pauseNs = next.all() == null ? 0 : next.all().pauseNs(nowNs);
        }
    }

    /** Whether there are limits; if not, there is no need to {@link #admit}. */
    boolean isOn() {
        return on;
    }

    /**
     * Decides on a connection, whose peer address is in the last call's results.
     *
     * @param fd the connection; owned here unless the answer is true.
     * @param limit the index of its rule's limit, or -1.
     * @return whether it goes on now.
     */
    boolean admit(int fd, int limit, long nowNs) {
        RateLimiter all = limiters.all();
        RateLimiter own = limiters.get(limit) == all ? null : limiters.get(limit);
        long ownWaitNs;
        long allWaitNs;
        pauseNs = 0;
        synchronized (limiters.lock()) {
            ownWaitNs = own == null ? 0 : ask(own, nowNs);
            allWaitNs = all == null || ownWaitNs < 0 ? 0 : ask(all, nowNs);
            if (ownWaitNs >= 0 && allWaitNs >= 0) {
                take(own, all, nowNs);
            }
        }
        if (ownWaitNs == 0 && allWaitNs == 0) {
            return true;
        }
        RateLimiter decisive = ownWaitNs < 0 || (allWaitNs >= 0 && ownWaitNs > allWaitNs) ? own : all;
        if (ownWaitNs < 0 || allWaitNs < 0) {
            close(fd, decisive, Math.min(ownWaitNs, allWaitNs), nowNs);
        } else {
            delay(fd, nowNs + Math.max(ownWaitNs, allWaitNs), decisive, nowNs);
        }
        return false;
    }

    private long ask(RateLimiter limiter, long nowNs) {
        long mostWaitNs = limiter.waiting().get() < queue && delayed.size() < handoff.room() ? timeoutNs : 0;
        // Who was accepted although all tokens were taken meanwhile waits for as long as in the backlog.
        long mostTotalWaitNs = limiter == limiters.all() ? Long.MAX_VALUE : mostWaitNs;
        long waitNs = limiter.waitNs(calls.peerHi(), calls.peerLo(), nowNs, mostTotalWaitNs, mostWaitNs);
        if (limiter.isCrowded()) {
            lines(limiter).crowded().hit(nowNs);
        }
        return waitNs;
    }

    private void take(RateLimiter own, RateLimiter all, long nowNs) {
        if (own != null) {
            own.take(nowNs);
        }
        if (all != null) {
            all.take(nowNs);
            pauseNs = all.pauseNs(nowNs);
        }
    }

    /** For how long accepting has to pause after the last {@link #admit} or {@link #use}; 0: not at all. */
    long pauseNs() {
        return pauseNs;
    }

    private Lines lines(RateLimiter limiter) {
        Lines known = lines.get(limiter);
        if (known == null) {
            known = Lines.of(log, limiter);
            lines.put(limiter, known);
        }
        return known;
    }

    private void close(int fd, RateLimiter limiter, long reason, long nowNs) {
        calls.close(fd);
        if (reason == RateLimiter.PAST_RATE) {
            limiter.pastRate().getAndIncrement();
            ledger.refused(fd, Counter.CLOSED_RATE_LIMIT);
            lines(limiter).pastRate().hit(nowNs);
        } else {
            limiter.pastClientRate().getAndIncrement();
            ledger.refused(fd, Counter.CLOSED_CLIENT_RATE_LIMIT);
            lines(limiter).pastClientRate().hit(nowNs);
        }
    }

    private void delay(int fd, long dueNs, RateLimiter limiter, long nowNs) {
        limiter.waiting().getAndIncrement();
        limiter.delayed().getAndIncrement();
        ledger.delayed(fd, nowNs);
        delayed.add(fd, dueNs, limiter);
        handoff.heldElsewhere(delayed.size());
    }

    /**
     * The next connection that has waited long enough.
     *
     * @param isLast whether nobody is to wait any longer.
     * @return its descriptor, which is the caller's from now on; -1: none.
     */
    int pollDue(long nowNs, boolean isLast) {
        if (delayed.size() == 0 || (delayed.firstDueNs() > nowNs && !isLast)) {
            return -1;
        }
        delayed.firstLimiter().waiting().getAndDecrement();
        int fd = delayed.poll();
        ledger.goesOn(fd, nowNs);
        handoff.heldElsewhere(delayed.size());
        return fd;
    }

    /** When {@link #pollDue} has one; {@link Long#MAX_VALUE} when nothing waits. */
    long nextDueNs() {
        return delayed.firstDueNs();
    }

    boolean isEmpty() {
        return delayed.size() == 0;
    }

    /** Closes, and counts, every connection that still waits. */
    void close() {
        long nowNs = System.nanoTime();
        for (int fd = pollDue(nowNs, true); fd >= 0; fd = pollDue(nowNs, true)) {
            calls.close(fd);
            ledger.refused(fd, Counter.CLOSED_AT_EXIT);
        }
    }
}
