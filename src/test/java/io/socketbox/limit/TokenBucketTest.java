package io.socketbox.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.route.RateLimit;
import java.math.BigInteger;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long DAY_NS = 86_400_000_000_000L;

    /** A bucket as everybody imagines it: a level that rises with time up to the depth. */
    private static final class PlainBucket {
        private final BigInteger interval;
        private final BigInteger depth;
        private BigInteger level;

        PlainBucket(long intervalNs, int burst) {
            interval = BigInteger.valueOf(intervalNs);
            depth = interval.multiply(BigInteger.valueOf(burst));
            level = depth;
        }

        void pass(long elapsedNs) {
            level = level.add(BigInteger.valueOf(elapsedNs)).min(depth);
        }

        long waitNs() {
            return interval.subtract(level).max(BigInteger.ZERO).longValueExact();
        }

        void take() {
            level = level.subtract(interval);
        }
    }

    @Property(tries = 2000)
    void agreesWithALevelThatRises(@ForAll long seed) {
        Random random = new Random(seed);
        long intervalNs = 1 + (random.nextLong() & RateLimit.Rate.MAX_INTERVAL_NS >> random.nextInt(42));
        intervalNs = Math.min(intervalNs, RateLimit.Rate.MAX_INTERVAL_NS);
        int burst = 1 + random.nextInt(RateLimit.Rate.MAX_BURST >> random.nextInt(20));
        TokenBucket bucket = TokenBucket.of(new RateLimit.Rate(intervalNs, burst));
        PlainBucket plain = new PlainBucket(intervalNs, burst);
        long now = random.nextLong(1_000 * DAY_NS);
        long state = 0;
        for (int i = 0; i < 200; i++) {
            long elapsed = random.nextInt(50) == 0
                    ? random.nextLong(1_000 * DAY_NS)
                    : random.nextInt(3) == 0 ? 0 : random.nextLong(2 * intervalNs);
            now += elapsed;
            plain.pass(elapsed);
            assertEquals(plain.waitNs(), bucket.waitNs(state, now), () -> "seed " + seed);
            // Tokens that are still to come may be taken too: that is how waiting connections are put in order.
            if (bucket.waitNs(state, now) < 5 * intervalNs) {
                state = bucket.take(state, now);
                plain.take();
            }
        }
    }

    @Test
    void aPauseOfAnyLengthGivesOneBurst() {
        TokenBucket bucket = TokenBucket.of(new RateLimit.Rate(1_000_000, 5));
        long state = 0;
        for (long now : new long[] {0, 10 * DAY_NS, 20_000 * DAY_NS}) {
            int taken = 0;
            for (; bucket.waitNs(state, now) == 0; taken++) {
                state = bucket.take(state, now);
            }
            assertEquals(5, taken);
        }
    }

    @Test
    void theDeepestBucketDoesNotOverflowInACentury() {
        TokenBucket bucket =
                TokenBucket.of(new RateLimit.Rate(RateLimit.Rate.MAX_INTERVAL_NS, RateLimit.Rate.MAX_BURST));
        long now = 36_500 * DAY_NS;
        long state = 0;
        for (int i = 0; i < RateLimit.Rate.MAX_BURST; i++) {
            assertEquals(0, bucket.waitNs(state, now));
            state = bucket.take(state, now);
        }
        assertEquals(RateLimit.Rate.MAX_INTERVAL_NS, bucket.waitNs(state, now));
        assertTrue(state > 0);
    }
}
