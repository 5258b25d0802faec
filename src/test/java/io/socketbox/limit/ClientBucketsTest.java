package io.socketbox.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.route.RateLimit;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ClientBucketsTest {
    private static final long MAPPED = 0xffffL << 32;

    /** A bucket for each client for ever, in memory without bound. */
    private static final class PlainBuckets {
        private final TokenBucket bucket;
        private final Map<Long, Long> states = new HashMap<>();

        PlainBuckets(RateLimit.Rate rate) {
            bucket = TokenBucket.of(rate);
        }

        long waitNs(long client, long now) {
            return bucket.waitNs(states.getOrDefault(client, 0L), now);
        }

        void take(long client, long now) {
            states.put(client, bucket.take(states.getOrDefault(client, 0L), now));
        }
    }

    /**
     * However many clients there are, and whatever the table had to forget: nobody passes whom a table without bounds
     * would not have let pass; and as long as all fit, everybody passes whom it would.
     */
    @Property(tries = 500)
    void neverLetsMoreThroughThanATableWithoutBounds(@ForAll long seed) {
        Random random = new Random(seed);
        RateLimit.Rate rate = new RateLimit.Rate(1 + random.nextInt(1_000), 1 + random.nextInt(10));
        int clients = 1 + random.nextInt(random.nextBoolean() ? ClientBuckets.WAYS : 2_000);
        ClientBuckets buckets = buckets(rate, 64, 16, new SipHash(random.nextLong(), random.nextLong()));
        PlainBuckets plain = new PlainBuckets(rate);
        long now = 1;
        for (int i = 0; i < 5_000; i++) {
            now += random.nextInt(4) == 0 ? random.nextInt(200) : 0;
            // Some clients come far more often than others.
            long client = random.nextInt(1 + random.nextInt(clients));
            boolean own = buckets.find(client, random.nextLong(), now);
            long waitNs = buckets.waitNs(now);
            long plainNs = plain.waitNs(client, now);
            assertTrue(waitNs >= plainNs, () -> "seed " + seed);
            if (clients <= ClientBuckets.WAYS) {
                assertEquals(plainNs, waitNs, () -> "seed " + seed);
                assertTrue(own);
            }
            if (waitNs == 0) {
                buckets.take(now);
                plain.take(client, now);
            }
        }
    }

    /** What an attacker with any number of prefixes gets is bounded by the table, not by their number. */
    @Test
    void manyPrefixesTogetherGetWhatTheTableHolds() {
        RateLimit.Rate rate = new RateLimit.Rate(1_000_000, 10);
        ClientBuckets buckets = buckets(rate, 64, 1_000, new SipHash(1, 2));
        int passed = 0;
        for (int round = 0; round < 3; round++) {
            for (int client = 0; client < 200_000; client++) {
                buckets.find(client, 0, 1);
                if (buckets.waitNs(1) == 0) {
                    buckets.take(1);
                    passed++;
                }
            }
        }
        assertTrue(passed <= 2 * 1024 * 10, passed + " passed");
    }

    /** One that was pushed out by a flood owes what he owed. */
    @Test
    void nobodyIsForgivenByAFlood() {
        RateLimit.Rate rate = new RateLimit.Rate(1_000_000, 10);
        ClientBuckets buckets = buckets(rate, 64, 16, new SipHash(1, 2));
        for (int i = 0; i < 10; i++) {
            buckets.find(-1, 0, 1);
            buckets.take(1);
        }
        for (int client = 0; client < 10_000; client++) {
            buckets.find(client, 0, 1);
            if (buckets.waitNs(1) == 0) {
                buckets.take(1);
            }
        }
        buckets.find(-1, 0, 1);
        assertTrue(buckets.waitNs(1) > 0);
        assertFalse(buckets.find(10_001, 0, 1), "a newcomer has somebody's bucket");
        assertTrue(buckets.find(10_001, 0, 100_000_000), "and one of his own when there is room again");
        assertEquals(0, buckets.waitNs(100_000_000));
    }

    @Test
    void prefixesSayWhoIsOneClient() {
        RateLimit.Rate rate = new RateLimit.Rate(1_000, 1);
        assertSame(buckets(rate, 64, 16, new SipHash(1, 2)), 7, 1, 7, -1, true);
        assertSame(buckets(rate, 64, 16, new SipHash(1, 2)), 7, 1, 6, 1, false);
        assertSame(buckets(rate, 48, 16, new SipHash(1, 2)), 7L << 16, 1, 7L << 16 | 5, 9, true);
        assertSame(buckets(rate, 48, 16, new SipHash(1, 2)), 7L << 16, 1, 6L << 16, 1, false);
        assertSame(buckets(rate, 128, 16, new SipHash(1, 2)), 7, 1, 7, 2, false);
        assertSame(buckets(rate, 100, 16, new SipHash(1, 2)), 7, 1, 7, 2, true);
        assertSame(buckets(rate, 64, 16, new SipHash(1, 2)), 0, MAPPED | 1, 0, MAPPED | 2, false);
        RateLimit.Clients wide = new RateLimit.Clients(rate, false, 64, 24, 16);
        assertSame(new ClientBuckets(wide, new SipHash(1, 2)), 0, MAPPED | 1, 0, MAPPED | 2, true);
        assertSame(new ClientBuckets(wide, new SipHash(1, 2)), 0, MAPPED | 1, 0, MAPPED | 1 << 8, false);
        RateLimit.Clients everybody = new RateLimit.Clients(rate, false, 1, 1, 16);
        assertSame(new ClientBuckets(everybody, new SipHash(1, 2)), 0, MAPPED | 1, 0, MAPPED | 77, true);
        assertSame(new ClientBuckets(everybody, new SipHash(1, 2)), 0, MAPPED | 1, 0, 77, false);
    }

    private static void assertSame(ClientBuckets buckets, long hi, long lo, long hi2, long lo2, boolean same) {
        buckets.find(hi, lo, 1);
        buckets.take(1);
        buckets.find(hi2, lo2, 1);
        assertEquals(same, buckets.waitNs(1) > 0);
    }

    @Test
    void takesWhatIsDocumented() {
        assertEquals(2 * 65_536, ClientBuckets.buckets(65_536));
        assertEquals(2 * 1_048_576, ClientBuckets.buckets(1_048_576));
        assertEquals(2 * 131_072, ClientBuckets.buckets(65_537));
        assertEquals(2 * 16, ClientBuckets.buckets(16));
    }

    private static ClientBuckets buckets(RateLimit.Rate rate, int prefix6, int tracked, SipHash hash) {
        return new ClientBuckets(new RateLimit.Clients(rate, false, prefix6, 32, tracked), hash);
    }
}
