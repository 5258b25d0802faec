package io.socketbox.limit;

import io.socketbox.route.RateLimit;

/**
 * A token bucket whose whole state is one long, kept by the caller: when the bucket will be full again, in nanoseconds.
 * Each connection moves that on by one interval, and may pass while it is no further away than the depth (the virtual
 * scheduling of ITU-T I.371, the generic cell rate algorithm).
 *
 * <p>A full bucket gets no fuller, so that after a pause of any length (a stopped process) there is one burst. Time
 * must not go back.
 *
 * @param intervalNs between two tokens.
 * @param depthNs from empty to full.
 */
record TokenBucket(long intervalNs, long depthNs) {
    static TokenBucket of(RateLimit.Rate rate) {
        return new TokenBucket(rate.intervalNs(), rate.intervalNs() * rate.burst());
    }

    /** How long until there is a token; 0: there is one. */
    long waitNs(long fullAtNs, long nowNs) {
        return Math.max(0, take(fullAtNs, nowNs) - depthNs - nowNs);
    }

    /** The state after one more token was taken, be it one that is still to come. */
    long take(long fullAtNs, long nowNs) {
        return Math.max(fullAtNs, nowNs) + intervalNs;
    }
}
