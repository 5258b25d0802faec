package io.socketbox.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * One line for each event, {@code PROGRAM: what happened}, written without buffering.
 *
 * <p>Cold threads call {@link #write}. Dispatchers call {@link #offer} or {@link Repeat#hit}, which never block: their
 * lines wait in a bounded queue until the conductor calls {@link #drain}. What did not fit is counted and said.
 */
public final class EventLog {
    private static final int QUEUED_LINES = 1024;
    private static final long REPEAT_INTERVAL_NS = 10_000_000_000L;

    private final String prefix;
    private final OutputStream out;
    private final Queue<String> queue = new ManyToOneConcurrentArrayQueue<>(QUEUED_LINES);
    private final Repeat overflow;
    private final ConcurrentHashMap<String, Repeat> repeats = new ConcurrentHashMap<>();
    private volatile Runnable wakeUp = () -> {};

    /**
     * A log on a stream.
     *
     * @param out where lines go; not closed by this class.
     */
    public EventLog(OutputStream out) {
        this("socketbox", out);
    }

    /**
     * The log of another program.
     *
     * @param program its name, which every line starts with.
     * @param out where lines go; not closed by this class.
     */
    public EventLog(String program, OutputStream out) {
        this.prefix = program + ": ";
        this.out = out;
        this.overflow = new Repeat("log lines dropped: standard error is too slow", 0);
        repeats.put(overflow.what, overflow);
    }

    /**
     * Names what wakes the thread that drains.
     *
     * @param wakeUp called after a line was queued, from any thread.
     */
    public void onQueued(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    /**
     * Writes a line now; may block for as long as the stream does.
     *
     * @param line without prefix or line end.
     */
    public synchronized void write(String line) {
        try {
            out.write((prefix + line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException nowhereToSay) {
            // The log's reader went away; connections go on.
            return;
        }
    }

    /**
     * Queues a line; never blocks.
     *
     * @param line without prefix or line end.
     */
    public void offer(String line) {
        if (!queue.offer(line)) {
            overflow.occurrences.getAndIncrement();
        }
        wakeUp.run();
    }

    /**
     * An event that may come thousands of times a second: its first occurrence is a line at once, further ones are
     * summed up in one line every ten seconds.
     *
     * @param what the line; equal lines are one event. Callers keep the number of different ones bounded.
     * @return the handle to call for each occurrence.
     */
    public Repeat repeat(String what) {
        return repeats.computeIfAbsent(what, w -> new Repeat(w, 1));
    }

    /**
     * Writes what is queued, and the sums that are due. Called by the conductor; one thread at a time gets in.
     *
     * @param nowNs of {@link System#nanoTime}.
     */
    public synchronized void drain(long nowNs) {
        for (String line = queue.poll(); line != null; line = queue.poll()) {
            write(line);
        }
        for (Repeat repeat : repeats.values()) {
            repeat.summarise(nowNs, REPEAT_INTERVAL_NS);
        }
    }

    /** Writes all that is left, due or not: the last call before the program ends. */
    public synchronized void finish() {
        drain(System.nanoTime());
        for (Repeat repeat : repeats.values()) {
            repeat.summarise(System.nanoTime(), 0);
        }
    }

    /** One kind of repeated event; any thread may report it. */
    public final class Repeat {
        private final String what;
        private final AtomicLong occurrences = new AtomicLong();
        private long said;
        private volatile long saidAtNs;

        private Repeat(String what, long said) {
            this.what = what;
            this.said = said;
        }

        /**
         * The event happened.
         *
         * @param nowNs of {@link System#nanoTime}.
         */
        public void hit(long nowNs) {
            if (occurrences.get() == 0) {
                saidAtNs = nowNs;
            }
            if (occurrences.getAndIncrement() == 0) {
                offer(what);
            }
        }

        private void summarise(long nowNs, long intervalNs) {
            long total = occurrences.get();
            if (total > said && nowNs - saidAtNs >= intervalNs) {
                write(what + " (" + (total - said) + " more, " + total + " in all)");
                said = total;
                saidAtNs = nowNs;
            }
        }
    }
}
