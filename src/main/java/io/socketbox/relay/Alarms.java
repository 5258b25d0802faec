package io.socketbox.relay;

import io.socketbox.receive.Deadline;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.IntToLongFunction;

/**
 * Which connection is due next. A connection that ends, or is due at another time, leaves its alarm behind; those are
 * dropped once they are more than the others, so that connections of a moment with a timeout of hours take no memory for
 * hours. For one thread.
 */
final class Alarms {
    /** No connection. */
    static final int NONE = -1;

    private static final int SPARE = 1_024;

    private record Alarm(long dueNs, int id) {}

    private final PriorityQueue<Alarm> queue = new PriorityQueue<>(Comparator.comparingLong(Alarm::dueNs));
    private final IntToLongFunction dueNs;
    private int most = SPARE;

    /** @param dueNs when the connection of a number is due, or {@link Deadline#NEVER} if there is none. */
    Alarms(IntToLongFunction dueNs) {
        this.dueNs = dueNs;
    }

    /** A connection is due at another time than before. */
    void add(int id, long dueNs) {
        queue.add(new Alarm(dueNs, id));
        if (queue.size() > most) {
            queue.removeIf(this::isOutOfDate);
            most = SPARE + 2 * queue.size();
        }
    }

    private boolean isOutOfDate(Alarm alarm) {
        return dueNs.applyAsLong(alarm.id()) != alarm.dueNs();
    }

    /** The connection that is due longest, which is taken out; {@link #NONE} when none is. */
    int take(long nowNs) {
        while (nextNs() <= nowNs) {
            Alarm alarm = queue.poll();
            if (!isOutOfDate(alarm)) {
                return alarm.id();
            }
        }
        return NONE;
    }

    /** Not later than the next connection is due; {@link Deadline#NEVER} when none is. */
    long nextNs() {
        return queue.isEmpty() ? Deadline.NEVER : queue.peek().dueNs();
    }

    /** With those that are out of date. */
    int size() {
        return queue.size();
    }
}
