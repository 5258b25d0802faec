package io.socketbox.server;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Tells the service manager that the server works, as often as it wants to hear it (sd_watchdog_enabled(3)): each time
 * only after every thread that matters has come round. When one does not, nothing is said any more.
 */
final class Watchdog {
    private static final int TIMES_AN_INTERVAL = 2;

    private final Supplier<? extends Future<?>> turn;
    private final Runnable tell;
    private final long pauseMs;

    /**
     * @param turn completes when every thread has come round.
     * @param tell what is done then.
     * @param intervalUs how long may pass without, microseconds.
     */
    Watchdog(Supplier<? extends Future<?>> turn, Runnable tell, long intervalUs) {
        this.turn = turn;
        this.tell = tell;
        this.pauseMs = Math.max(1, intervalUs / 1000 / TIMES_AN_INTERVAL);
    }

    /**
     * How often the service manager wants to hear, microseconds.
     *
     * @param environment its {@code WATCHDOG_USEC}, and {@code WATCHDOG_PID} when that is for one process only.
     * @param pid this process.
     */
    static OptionalLong intervalUs(Map<String, String> environment, int pid) {
        String usec = environment.getOrDefault("WATCHDOG_USEC", "");
        String meant = environment.getOrDefault("WATCHDOG_PID", "");
        boolean valid = usec.matches("[0-9]{1,18}") && (meant.isEmpty() || meant.equals(Integer.toString(pid)));
        return valid && Long.parseLong(usec) > 0 ? OptionalLong.of(Long.parseLong(usec)) : OptionalLong.empty();
    }

    /** Begins, on a thread of its own. */
    void start() {
        Thread.ofPlatform().daemon().name("watchdog").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                turn.get().get();
                tell.run();
                Thread.sleep(pauseMs);
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("nobody interrupts the watchdog, and turns do not fail", e);
        }
    }
}
