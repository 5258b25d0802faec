package io.socketbox.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * One line for each event, {@code PROGRAM: what happened} or what {@link LogFormat} makes of it, written without
 * buffering.
 *
 * <p>Cold threads call {@link #write}. Dispatchers call {@link #offer} or {@link Repeat#hit}, which never block: their
 * lines wait in a bounded queue until the conductor calls {@link #drain}. What did not fit is counted and said.
 */
public final class EventLog {
    private static final int QUEUED_LINES = 1024;
    /** PIPE_BUF of pipe(7): a write of no more is never mixed with those of others, as of children. */
    private static final int BATCH_CHARS = 4096;

    private static final long REPEAT_INTERVAL_NS = 10_000_000_000L;

    private final String program;
    private final OutputStream out;
    private final StringBuilder pending = new StringBuilder();
    private boolean batching;
    private volatile LogSettings settings = LogSettings.DEFAULT;
    private final Queue<Line> queue = new ManyToOneConcurrentArrayQueue<>(QUEUED_LINES);
    private final Repeat overflow;
    private final ConcurrentHashMap<String, Repeat> repeats = new ConcurrentHashMap<>();
    private volatile Runnable wakeUp = () -> {};

    private record Line(Severity severity, String text, long timeMs) {}

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
        this.program = program;
        this.out = out;
        this.overflow = new Repeat(Severity.WARNING, "log lines dropped: standard error is too slow", 0);
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
     * Has lines look different from now on; {@link LogSettings#DEFAULT} applies until then.
     *
     * @param wanted how.
     */
    public void configure(LogSettings wanted) {
        settings = wanted;
    }

    /** Whether events of that severity are written at all; saves making the text of those that are not. */
    public boolean writes(Severity severity) {
        return severity.reaches(settings.level());
    }

    /**
     * Writes a {@link Severity#NOTICE} now; may block for as long as the stream does.
     *
     * @param line without prefix or line end.
     */
    public void write(String line) {
        write(Severity.NOTICE, line);
    }

    /**
     * Writes a line now; may block for as long as the stream does.
     *
     * @param severity of the event.
     * @param line without prefix or line end.
     */
    public void write(Severity severity, String line) {
        write(severity, line, line);
    }

    /**
     * Writes a line now that has parts; may block for as long as the stream does.
     *
     * @param severity of the event.
     * @param text all of it for people.
     * @param message what happened, without what the fields say.
     * @param fields keys and values in turn; keys are of lower case letters and {@code _}.
     */
    public void write(Severity severity, String text, String message, String... fields) {
        write(severity, System.currentTimeMillis(), text, new LogFormat.Fields(message, List.of(fields)));
    }

    private synchronized void write(Severity severity, long timeMs, String text, LogFormat.Fields fields) {
        LogSettings how = settings;
        if (!severity.reaches(how.level())) {
            return;
        }
        int before = pending.length();
        String priority = how.journal() ? "<" + severity.priority() + ">" : "";
        int start = pending.append(priority).length();
        how.format().append(pending, program, timeMs, severity, text, fields);
        if (how.journal()) {
            for (int end = pending.indexOf("\n", start); end >= 0; end = pending.indexOf("\n", end + 1)) {
                pending.insert(end + 1, priority);
            }
        }
        pending.append('\n');
        if (!batching) {
            flush(pending.length());
        } else if (pending.length() > BATCH_CHARS) {
            flush(before);
        }
    }

    /**
     * Writes many lines with few calls.
     *
     * @param lines calls {@link #write}, on this thread.
     */
    public synchronized void batch(Runnable lines) {
        batching = true;
        try {
            lines.run();
        } finally {
            batching = false;
            flush(pending.length());
        }
    }

    private void flush(int chars) {
        if (chars == 0) {
            return;
        }
        byte[] bytes = pending.substring(0, chars).getBytes(StandardCharsets.UTF_8);
        pending.delete(0, chars);
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException nowhereToSay) {
            // The log's reader went away; connections go on.
            return;
        }
    }

    /**
     * Queues a {@link Severity#WARNING}; never blocks.
     *
     * @param line without prefix or line end.
     */
    public void offer(String line) {
        offer(Severity.WARNING, line);
    }

    /**
     * Queues a line; never blocks.
     *
     * @param severity of the event.
     * @param line without prefix or line end.
     */
    public void offer(Severity severity, String line) {
        if (!writes(severity)) {
            return;
        }
        if (!queue.offer(new Line(severity, line, System.currentTimeMillis()))) {
            overflow.occurrences.getAndIncrement();
        }
        wakeUp.run();
    }

    /** {@link #repeat(Severity, String)} of a {@link Severity#WARNING}. */
    public Repeat repeat(String what) {
        return repeat(Severity.WARNING, what);
    }

    /**
     * An event that may come thousands of times a second: its first occurrence is a line at once, further ones are
     * summed up in one line every ten seconds.
     *
     * @param severity of the event.
     * @param what the line; equal lines are one event. Callers keep the number of different ones bounded.
     * @return the handle to call for each occurrence.
     */
    public Repeat repeat(Severity severity, String what) {
        return repeats.computeIfAbsent(what, w -> new Repeat(severity, w, 1));
    }

    /**
     * Writes what is queued, and the sums that are due. Called by the conductor; one thread at a time gets in.
     *
     * @param nowNs of {@link System#nanoTime}.
     */
    public synchronized void drain(long nowNs) {
        batch(() -> drainQueue(nowNs));
    }

    private void drainQueue(long nowNs) {
        for (Line line = queue.poll(); line != null; line = queue.poll()) {
            write(line.severity(), line.timeMs(), line.text(), new LogFormat.Fields(line.text(), List.of()));
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
        private final Severity severity;
        private final String what;
        private final AtomicLong occurrences = new AtomicLong();
        private long said;
        private volatile long saidAtNs;

        private Repeat(Severity severity, String what, long said) {
            this.severity = severity;
            this.what = what;
            this.said = said;
        }

        /**
         * The event happened.
         *
         * @param nowNs of {@link System#nanoTime}.
         */
        public void hit(long nowNs) {
            hit(1, nowNs);
        }

        /**
         * The event happened.
         *
         * @param times how often.
         * @param nowNs of {@link System#nanoTime}.
         */
        public void hit(long times, long nowNs) {
            if (occurrences.get() == 0) {
                saidAtNs = nowNs;
            }
            if (occurrences.getAndAdd(times) == 0) {
                offer(severity, what);
            }
        }

        private void summarise(long nowNs, long intervalNs) {
            long total = occurrences.get();
            if (total > said && nowNs - saidAtNs >= intervalNs) {
                write(
                        severity,
                        what + " (" + (total - said) + " more, " + total + " in all)",
                        what,
                        "more",
                        Long.toString(total - said),
                        "total",
                        Long.toString(total));
                said = total;
                saidAtNs = nowNs;
            }
        }
    }
}
