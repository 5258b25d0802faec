package io.socketbox.program;

import io.socketbox.observe.EventLog;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Writes what the agent says, on the calling thread, so that a standard error that is slow does not hold it up. */
public final class LogWriter {
    private static final long TICK_S = 1;
    private static final long REST_MS = 2;

    private final EventLog log;
    private final CountDownLatch over;
    private final Semaphore lines = new Semaphore(0);

    /** @param over counted down when there will be no more. */
    public LogWriter(EventLog log, CountDownLatch over) {
        this.log = log;
        this.over = over;
        log.onQueued(lines::release);
    }

    /** Writes until the end. */
    public void run() {
        try {
            while (over.getCount() > 0) {
                if (lines.tryAcquire(TICK_S, TimeUnit.SECONDS)) {
                    lines.drainPermits();
                }
                log.drain(System.nanoTime());
                // What is said meanwhile is written at once: to wake this thread costs more than to write a line.
                over.await(REST_MS, TimeUnit.MILLISECONDS);
            }
            log.finish();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the main thread", e);
        }
    }
}
