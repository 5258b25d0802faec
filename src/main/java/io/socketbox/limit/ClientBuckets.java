package io.socketbox.limit;

import io.socketbox.route.RateLimit;
import java.security.SecureRandom;

/**
 * A token bucket for each client prefix, in a table of fixed size: 16 bytes for each bucket, and twice as many buckets
 * as clients to track.
 *
 * <p>A prefix may stand in the 16 places that its hash selects; the hash is keyed anew for each table, so that nobody
 * knows which prefixes meet. A bucket that is full again says nothing and is as good as an empty place. Where all 16 are
 * in use, a new prefix takes over the fullest bucket, <em>with what was taken from it</em>: so nobody gains by having
 * many prefixes, and whoever was replaced finds at least what he owed when he comes back. The error is on one side only:
 * no prefix ever passes more than its bucket allows (the idea of Metwally's Space-Saving counters), and the table as a
 * whole no more than its number of buckets.
 *
 * <p>One thread at a time. Use: {@link #find}, then {@link #waitNs}, then {@link #take}.
 */
final class ClientBuckets {
    static final int WAYS = 16;
    private static final int LONGS_PER_BUCKET = 2;

    private final TokenBucket bucket;
    private final SipHash hash;
    private final long maskHi6;
    private final long maskLo6;
    private final long maskLo4;
    /** For each bucket the prefix's hash, 0 where there never was one, and when it will be full again. */
    private final long[] table;

    private final int setMask;
    private long tag;
    private int place;

    ClientBuckets(RateLimit.Clients clients) {
        this(clients, new SipHash(secret(), secret()));
    }

    ClientBuckets(RateLimit.Clients clients, SipHash hash) {
        this.bucket = TokenBucket.of(clients.rate());
        this.hash = hash;
        int length = clients.prefix6();
        maskHi6 = length >= 64 ? -1 : -1L << (64 - length);
        maskLo6 = length <= 64 ? 0 : -1L << (128 - length);
        maskLo4 = -1L << (32 - clients.prefix4());
        int buckets = buckets(clients.tracked());
        setMask = buckets / WAYS - 1;
        table = new long[buckets * LONGS_PER_BUCKET];
    }

    /** How many buckets there are for so many clients: the next power of two, and twice that. */
    static int buckets(int tracked) {
        return Integer.highestOneBit(Math.max(WAYS, tracked) - 1) * 4;
    }

    private static long secret() {
        return new SecureRandom().nextLong();
    }

    /**
     * Goes to the bucket of a client.
     *
     * @return whether it is its own; false: others' consumption counts as its own.
     */
    boolean find(long peerHi, long peerLo, long nowNs) {
        boolean ipv4 = peerHi == 0 && peerLo >>> 32 == 0xffff;
        tag = hash.hash(ipv4 ? 0 : peerHi & maskHi6, peerLo & (ipv4 ? maskLo4 : maskLo6));
        tag = tag == 0 ? 1 : tag;
        int first = ((int) tag & setMask) * WAYS * LONGS_PER_BUCKET;
        int end = first + WAYS * LONGS_PER_BUCKET;
        place = first;
        for (int at = first; at < end; at += LONGS_PER_BUCKET) {
            if (table[at] == tag) {
                place = at;
                return true;
            }
            if (table[at + 1] < table[place + 1]) {
                place = at;
            }
        }
        return table[place + 1] <= nowNs;
    }

    /** How long until the client has a token; 0: it has. */
    long waitNs(long nowNs) {
        return bucket.waitNs(table[place + 1], nowNs);
    }

    /** The longest that a client may wait: as long as one burst takes. */
    long mostWaitNs() {
        return bucket.depthNs();
    }

    /** Takes a token of the client, be it one that is still to come. */
    void take(long nowNs) {
        table[place] = tag;
        table[place + 1] = bucket.take(table[place + 1], nowNs);
    }
}
