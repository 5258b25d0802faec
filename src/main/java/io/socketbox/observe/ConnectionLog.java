package io.socketbox.observe;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * A record of each connection that was handed over or closed, on its way from a dispatcher to who writes the log.
 *
 * <p>The dispatcher calls {@link #began}, then {@link #ended}; neither blocks nor (once the tables have grown) allocates.
 * The records wait in a bounded ring, and what does not fit is counted. {@link #drain} is for one other thread.
 */
public final class ConnectionLog {
    private static final int RING_BYTES = 1 << 21;
    private static final int READ_BATCH = 256;
    private static final int RECORD = 1;
    private static final int FIELDS = 5;
    private static final int MAX_NAME = 512;

    private static final int OUTCOME = FIELDS * Long.BYTES;
    private static final int DURATION = OUTCOME + Long.BYTES;
    private static final int NAME = DURATION + Long.BYTES;

    /** Who reads records. */
    @FunctionalInterface
    public interface Reader {
        /**
         * One connection's end.
         *
         * @param line of the configuration, where its rule stands; 0 for none.
         * @param reason why it was closed, or {@link Counter#HANDED_OFF}.
         * @param durationNs until then, from when it was accepted.
         * @param destination for people; empty when there was none.
         */
        void onConnection(Ends ends, int line, Counter reason, long durationNs, String destination);
    }

    /** The two ends of a connection; IPv4 is v4-mapped. */
    public record Ends(long peerHi, long peerLo, int peerPort, long localHi, long localLo, int localPort) {}

    private static final Counter[] REASONS = Counter.values();

    private final OneToOneRingBuffer ring = new OneToOneRingBuffer(
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH, 64)));
    private final UnsafeBuffer record = new UnsafeBuffer(new byte[NAME + 2 * MAX_NAME]);
    private final Counters counters;
    private final Runnable wakeUp;
    private final AtomicBoolean awake = new AtomicBoolean();
    /** What {@link #began} said, by descriptor. */
    private long[] begun = new long[FIELDS * 64];
    /** How long a limit has had it wait, by descriptor: 0 for most. */
    private long[] delaysNs = new long[64];

    private boolean written;

    /**
     * Nothing recorded yet.
     *
     * @param counters of the dispatcher, where lost records are counted.
     * @param wakeUp has the other thread {@link #drain}; called by the dispatcher.
     */
    public ConnectionLog(Counters counters, Runnable wakeUp) {
        this.counters = counters;
        this.wakeUp = wakeUp;
    }

    /** A connection was accepted and looked up. The descriptor names it until {@link #ended}. */
    public void began(
            int fd, long peerHi, long peerLo, int peerPort, long localHi, long localLo, int localPort, int line) {
        int at = fd * FIELDS;
        if (at + FIELDS > begun.length) {
            begun = Arrays.copyOf(begun, Math.max(at + FIELDS, 2 * begun.length));
            delaysNs = Arrays.copyOf(delaysNs, begun.length / FIELDS + 1);
        }
        begun[at] = peerHi;
        begun[at + 1] = peerLo;
        begun[at + 2] = localHi;
        begun[at + 3] = localLo;
        begun[at + 4] = (long) line << 32 | (long) peerPort << 16 | localPort;
    }

    /** A connection that {@link #began} begins to wait for a limit, at {@code nowNs} of {@link System#nanoTime}. */
    public void delayed(int fd, long nowNs) {
        delaysNs[fd] -= nowNs;
    }

    /** A connection that was {@link #delayed} waits for the limit no longer. */
    public void goesOn(int fd, long nowNs) {
        delaysNs[fd] += nowNs;
    }

    /**
     * A connection that {@link #began} was handed over or closed.
     *
     * @param reason why it was closed, or {@link Counter#HANDED_OFF}.
     * @param durationNs how long it took or waited, what a limit had it wait not counted.
     * @param destination for people; empty when there is none.
     */
    @SuppressWarnings("EnumOrdinal") // Means nothing outside this process.
    public void ended(int fd, Counter reason, long durationNs, String destination) {
        int at = fd * FIELDS;
        for (int i = 0; i < FIELDS; i++) {
            record.putLong(i * Long.BYTES, begun[at + i]);
        }
        record.putLong(OUTCOME, reason.ordinal());
        record.putLong(DURATION, durationNs + delaysNs[fd]);
        delaysNs[fd] = 0;
        int length = Math.min(MAX_NAME, destination.length());
        for (int i = 0; i < length; i++) {
            record.putChar(NAME + 2 * i, destination.charAt(i));
        }
        if (!ring.write(RECORD, record, 0, NAME + 2 * length)) {
            counters.increment(Counter.CONNECTION_LINES_LOST);
        }
        written = true;
    }

    /** A turn of the dispatcher is over: wakes the other thread if there is something for it and it may not know. */
    public void turnEnded() {
        if (written) {
            written = false;
            if (!awake.getAndSet(true)) {
                wakeUp.run();
            }
        }
    }

    /**
     * Hands some of the records that are there to a reader; one thread at a time.
     *
     * @return how many; 0 when there are no more.
     */
    public int drain(Reader reader) {
        awake.set(false);
        // A part at a time, since their room in the ring is free only afterwards.
        return ring.read(
                (type, buffer, index, length) -> {
                    long packed = buffer.getLong(index + 4 * Long.BYTES);
                    StringBuilder name = new StringBuilder();
                    for (int i = NAME; i < length; i += 2) {
                        name.append(buffer.getChar(index + i));
                    }
                    reader.onConnection(
                            new Ends(
                                    buffer.getLong(index),
                                    buffer.getLong(index + Long.BYTES),
                                    (int) (packed >>> 16) & 0xffff,
                                    buffer.getLong(index + 2 * Long.BYTES),
                                    buffer.getLong(index + 3 * Long.BYTES),
                                    (int) packed & 0xffff),
                            (int) (packed >>> 32),
                            REASONS[(int) buffer.getLong(index + OUTCOME)],
                            buffer.getLong(index + DURATION),
                            name.toString());
                },
                READ_BATCH);
    }
}
