package io.socketbox.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Scene;
import java.util.concurrent.TimeUnit;

/** What is done during continuous load, and what may come of it. */
final class Siege {
    /** Everything at one receiver. */
    static final String RULES = "rule-set:0\ndefault jump-unix:@r\n";

    /** One of many times that something is done. */
    @FunctionalInterface
    interface Fault {
        /** @param turn from 0. */
        void strike(int turn) throws Exception;
    }

    private Siege() {}

    /**
     * Does something so many times, at least {@code periodMs} after the last time, while clients connect all the time at so
     * many addresses.
     */
    static Ledger during(Scene scene, int addresses, String title, int times, long periodMs, Fault fault)
            throws Exception {
        Load load = Load.start(scene, addresses);
        long beginNs = System.nanoTime();
        long dueNs = beginNs;
        for (int turn = 0; turn < times; turn++) {
            dueNs = Math.max(dueNs + TimeUnit.MILLISECONDS.toNanos(periodMs), System.nanoTime());
            TimeUnit.NANOSECONDS.sleep(dueNs - System.nanoTime());
            fault.strike(turn);
        }
        TimeUnit.MILLISECONDS.sleep(periodMs);
        Ledger ledger = load.stop();
        System.out.println(title + ", " + times + " times in "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNs) + " ms: " + ledger);
        assertTrue(ledger.answered() > 0, ledger::toString);
        return ledger;
    }

    /** Fails unless every connection was answered. */
    static void assertNoneLost(Ledger ledger, Object context) {
        assertEquals(0, ledger.lost(), () -> ledger + "; " + context);
    }
}
