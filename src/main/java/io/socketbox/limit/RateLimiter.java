package io.socketbox.limit;

import io.socketbox.route.RateLimit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was used up of one {@link RateLimit}. Shared by all dispatchers: the methods are called with {@link
 * Limiters#lock} held, for some tens of nanoseconds. Nothing is allocated after the start.
 *
 * <p>Times are of {@link System#nanoTime}.
 */
public final class RateLimiter {
    /** As an answer: no token, and the connection may not wait for one. */
    public static final long PAST_RATE = -1;

    /** The same, for the client's own rate. */
    public static final long PAST_CLIENT_RATE = -2;

    private final RateLimit limit;
    private final long originNs;
    private final TokenBucket total;
    private final ClientBuckets clients;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong delayed = new AtomicLong();
    private final AtomicLong pastRate = new AtomicLong();
    private final AtomicLong pastClientRate = new AtomicLong();
    private long latestNs;
    private long totalFullAtNs;
    private boolean crowded;

    /**
     * All buckets full.
     *
     * @param nowNs the present.
     */
    public RateLimiter(RateLimit limit, long nowNs) {
        this.limit = limit;
        this.originNs = nowNs;
        this.total = limit.total() == null ? null : TokenBucket.of(limit.total());
        this.clients = limit.clients() == null ? null : new ClientBuckets(limit.clients());
    }

    /** What this is about. */
    public RateLimit limit() {
        return limit;
    }

    /** Connections that wait for this limit; needs no lock. */
    public AtomicInteger waiting() {
        return waiting;
    }

    /** Connections that had to wait for this limit so far; needs no lock. */
    public AtomicLong delayed() {
        return delayed;
    }

    /** Connections that were closed for {@link #PAST_RATE}; needs no lock. */
    public AtomicLong pastRate() {
        return pastRate;
    }

    /** Connections that were closed for {@link #PAST_CLIENT_RATE}; needs no lock. */
    public AtomicLong pastClientRate() {
        return pastClientRate;
    }

    /**
     * Asks about a connection; nothing is taken.
     *
     * @param mostWaitNs the longest that it may wait for a token of the total.
     * @param mostClientWaitNs the same for a token of its client.
     * @return how long it has to wait, 0 for not at all; or {@link #PAST_RATE} or {@link #PAST_CLIENT_RATE}.
     */
    public long waitNs(long peerHi, long peerLo, long nowNs, long mostWaitNs, long mostClientWaitNs) {
        long now = sinceStart(nowNs);
        crowded = clients != null && !clients.find(peerHi, peerLo, now);
        long clientWaitNs = clients == null ? 0 : clients.waitNs(now);
        if (clientWaitNs > 0
                && (!limit.clients().waits() || clientWaitNs > Math.min(mostClientWaitNs, clients.mostWaitNs()))) {
            return PAST_CLIENT_RATE;
        }
        long totalWaitNs = total == null ? 0 : total.waitNs(totalFullAtNs, now);
        if (totalWaitNs > 0 && (!limit.totalWaits() || totalWaitNs > mostWaitNs)) {
            return PAST_RATE;
        }
        return Math.max(clientWaitNs, totalWaitNs);
    }

    /** Takes the tokens of the connection that was asked about last, be they still to come. */
    public void take(long nowNs) {
        long now = sinceStart(nowNs);
        if (total != null) {
            totalFullAtNs = total.take(totalFullAtNs, now);
        }
        if (clients != null) {
            clients.take(now);
        }
    }

    /** How long until the total has a token, where connections wait for it; else 0. */
    public long pauseNs(long nowNs) {
        return total == null || !limit.totalWaits() ? 0 : total.waitNs(totalFullAtNs, sinceStart(nowNs));
    }

    /** A dispatcher's time is of when its turn began, and may be behind another's: it is as late as any has said. */
    private long sinceStart(long nowNs) {
        latestNs = Math.max(latestNs, nowNs - originNs);
        return latestNs;
    }

    /** The table was full: the client that was asked about last begins with what another has used up. */
    public boolean isCrowded() {
        return crowded;
    }
}
