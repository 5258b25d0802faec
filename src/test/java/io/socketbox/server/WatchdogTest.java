package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the service manager hears, and when it does not. */
class WatchdogTest {
    private static final long LONG_S = 60;

    @Test
    void nothingIsSaidUntilEveryThreadHasComeRound() throws InterruptedException {
        LinkedBlockingQueue<CompletableFuture<Void>> turns = new LinkedBlockingQueue<>();
        Semaphore told = new Semaphore(0);
        Watchdog watchdog = new Watchdog(
                () -> {
                    CompletableFuture<Void> turn = new CompletableFuture<>();
                    turns.add(turn);
                    return turn;
                },
                told::release,
                2_000);
        watchdog.start();
        CompletableFuture<Void> first = turns.poll(LONG_S, TimeUnit.SECONDS);
        assertEquals(0, told.availablePermits());
        first.complete(null);
        assertTrue(told.tryAcquire(LONG_S, TimeUnit.SECONDS));
        CompletableFuture<Void> second = turns.poll(LONG_S, TimeUnit.SECONDS);
        assertEquals(0, told.availablePermits());
        second.complete(null);
        assertTrue(told.tryAcquire(LONG_S, TimeUnit.SECONDS));
    }

    @Test
    void theIntervalIsThatOfThisProcess() {
        assertEquals(OptionalLong.of(30_000_000), Watchdog.intervalUs(Map.of("WATCHDOG_USEC", "30000000"), 7));
        assertEquals(OptionalLong.of(5), Watchdog.intervalUs(Map.of("WATCHDOG_USEC", "5", "WATCHDOG_PID", "7"), 7));
        assertEquals(OptionalLong.empty(), Watchdog.intervalUs(Map.of("WATCHDOG_USEC", "5", "WATCHDOG_PID", "8"), 7));
        assertEquals(OptionalLong.empty(), Watchdog.intervalUs(Map.of("WATCHDOG_USEC", "0"), 7));
        assertEquals(OptionalLong.empty(), Watchdog.intervalUs(Map.of("WATCHDOG_USEC", "x"), 7));
        assertEquals(OptionalLong.empty(), Watchdog.intervalUs(Map.of(), 7));
    }
}
