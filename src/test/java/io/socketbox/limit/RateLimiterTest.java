package io.socketbox.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.route.Destination;
import io.socketbox.route.RateLimit;
import io.socketbox.route.RateLimit.Clients;
import io.socketbox.route.RateLimit.Rate;
import io.socketbox.route.Routes;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private static final long NOW = -1_000_000_000_000L;
    private static final long MS = 1_000_000;
    private static final Rate TEN = new Rate(MS, 10);
    private static final Rate TWO = new Rate(MS, 2);

    @Test
    void pastTheTotalItClosesOrWaitsForAsLongAsItMay() {
        RateLimiter closing = new RateLimiter(new RateLimit("a", TEN, false, null), NOW);
        RateLimiter waiting = new RateLimiter(new RateLimit("a", TEN, true, null), NOW);
        for (int i = 0; i < 10; i++) {
            assertEquals(0, admit(closing, i, NOW, 5 * MS));
            assertEquals(0, admit(waiting, i, NOW, 5 * MS));
        }
        assertEquals(RateLimiter.PAST_RATE, admit(closing, 1, NOW, 5 * MS));
        for (int i = 1; i <= 5; i++) {
            assertEquals(i * MS, admit(waiting, 1, NOW, 5 * MS));
        }
        assertEquals(RateLimiter.PAST_RATE, admit(waiting, 1, NOW, 5 * MS));
        assertEquals(0, admit(closing, 1, NOW + MS, 5 * MS));
        assertEquals(5 * MS, admit(waiting, 1, NOW + MS, 5 * MS), "those that wait have their token already");
    }

    @Test
    void whoIsPastHisOwnRateTakesNothingFromTheOthers() {
        RateLimiter limiter = new RateLimiter(new RateLimit("a", TEN, false, clients(TWO, false)), NOW);
        for (int i = 0; i < 100; i++) {
            long expected = i < 2 ? 0 : RateLimiter.PAST_CLIENT_RATE;
            assertEquals(expected, admit(limiter, 1, NOW, 0));
        }
        for (int i = 0; i < 8; i++) {
            assertEquals(0, admit(limiter, 2 + i, NOW, 0));
        }
        assertEquals(RateLimiter.PAST_RATE, admit(limiter, 100, NOW, 0));
    }

    @Test
    void aClientThatMayWaitHasAsManyWaitingAsItsBurst() {
        RateLimiter limiter = new RateLimiter(new RateLimit("a", null, true, clients(TWO, true)), NOW);
        long[] expected = {0, 0, MS, 2 * MS, RateLimiter.PAST_CLIENT_RATE, RateLimiter.PAST_CLIENT_RATE};
        for (long waitNs : expected) {
            assertEquals(waitNs, admit(limiter, 1, NOW, 1_000 * MS));
        }
        assertEquals(0, admit(limiter, 2, NOW, 1_000 * MS));
        assertEquals(2 * MS, admit(limiter, 1, NOW + MS, 1_000 * MS));
    }

    @Test
    void askingTakesNothing() {
        RateLimiter limiter = new RateLimiter(new RateLimit("a", TWO, false, clients(TWO, false)), NOW);
        for (int i = 0; i < 10; i++) {
            assertEquals(0, limiter.waitNs(1, 0, NOW, 0, 0));
        }
    }

    @Test
    void acceptingPausesUntilTheTotalHasATokenIfConnectionsMayWait() {
        RateLimiter waiting = new RateLimiter(new RateLimit("a", TWO, true, null), NOW);
        RateLimiter closing = new RateLimiter(new RateLimit("a", TWO, false, null), NOW);
        RateLimiter unbounded = new RateLimiter(new RateLimit("a", null, true, clients(TWO, true)), NOW);
        for (RateLimiter each : List.of(waiting, closing, unbounded)) {
            admit(each, 1, NOW, 0);
            assertEquals(0, each.pauseNs(NOW));
            admit(each, 1, NOW, 0);
        }
        assertEquals(MS, waiting.pauseNs(NOW));
        assertEquals(MS / 4, waiting.pauseNs(NOW + 3 * MS / 4));
        assertEquals(0, waiting.pauseNs(NOW + MS));
        assertEquals(0, closing.pauseNs(NOW));
        assertEquals(0, unbounded.pauseNs(NOW));
    }

    @Test
    void whoseClockIsBehindGetsWhatIsThere() {
        RateLimiter limiter = new RateLimiter(new RateLimit("a", TWO, false, clients(TWO, false)), NOW);
        assertEquals(0, admit(limiter, 1, NOW + 5, 0));
        assertEquals(0, admit(limiter, 1, NOW, 0));
        assertEquals(RateLimiter.PAST_CLIENT_RATE, admit(limiter, 1, NOW, 0));
        assertEquals(RateLimiter.PAST_RATE, admit(limiter, 2, NOW, 0));
    }

    @Test
    void newClientsInAFullTableAreNoticed() {
        RateLimiter limiter = new RateLimiter(new RateLimit("a", null, true, clients(TEN, false)), NOW);
        for (int i = 0; i < 16; i++) {
            admit(limiter, i, NOW, 0);
            assertFalse(limiter.isCrowded());
        }
        int crowded = 0;
        for (int i = 0; i < 100; i++) {
            admit(limiter, 100 + i, NOW, 0);
            crowded += limiter.isCrowded() ? 1 : 0;
        }
        assertEquals(100 + 16 - 32, crowded, 16.0, "two sets of sixteen, which fill up at different times");
    }

    @Test
    void limitsThatStayTheSameKeepWhatWasUsedUp() {
        RateLimit a = new RateLimit("a", TEN, false, clients(TWO, true));
        RateLimit sameAsA = new RateLimit("a", new Rate(MS, 10), false, clients(new Rate(MS, 2), true));
        RateLimit b = new RateLimit("b", TEN, false, null);
        RateLimit changedB = new RateLimit("b", TWO, false, null);
        Limiters first = Limiters.of(routes(List.of(a, b), 1), Limiters.NONE, NOW);
        Limiters second = Limiters.of(routes(List.of(changedB, sameAsA), -1), first, NOW);
        assertSame(first.get(0), second.get(1));
        assertNotSame(first.get(1), second.get(0));
        assertSame(first.get(1), first.all());
        assertNull(second.all());
        assertNull(second.get(-1));
        assertTrue(Limiters.of(routes(List.of(), -1), second, NOW).isEmpty());
    }

    private static long admit(RateLimiter limiter, int client, long nowNs, long mostWaitNs) {
        long waitNs = limiter.waitNs(client, 0, nowNs, mostWaitNs, mostWaitNs);
        if (waitNs >= 0) {
            limiter.take(nowNs);
        }
        return waitNs;
    }

    private static Routes routes(List<RateLimit> limits, int all) {
        Routes plain = Routes.single(new Destination.UnixSocket("a"));
        return new Routes(plain.table(), plain.destinations(), 0, 0, 0, 0, List.of(), limits, all);
    }

    private static Clients clients(Rate rate, boolean wait) {
        return new Clients(rate, wait, 64, 32, 16);
    }
}
