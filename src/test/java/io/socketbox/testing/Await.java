package io.socketbox.testing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what only looking again can tell, such as another process's descriptors. */
public final class Await {
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long TIMEOUT_NS = TimeUnit.MINUTES.toNanos(5);

    private Await() {}

    /** Returns when {@code condition} holds; fails after five minutes. */
    public static void until(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("not so after 5 min: " + what);
            }
            LockSupport.parkNanos(STEP_NS);
        }
    }
}
