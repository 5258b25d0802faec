package io.socketbox.server.status;

import io.socketbox.observe.Counter;
import io.socketbox.observe.LatencySnapshot;
import io.socketbox.observe.Overview;
import java.util.ArrayDeque;
import java.util.Deque;

/** Totals of the last minute, a sample a second, for rates. Written by one thread, read by any. */
final class Recent {
    private static final int SECONDS = 60;
    private static final double NS_PER_SECOND = 1e9;

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** The totals at a moment of {@link System#nanoTime}. */
    record Sample(long timeNs, long accepted, long handedOff, long closed, LatencySnapshot handoffs) {
        static Sample of(Overview overview, long timeNs) {
            return new Sample(
                    timeNs,
                    overview.count(Counter.ACCEPTED) + overview.count(Counter.RECEIVED),
                    overview.count(Counter.HANDED_OFF),
                    overview.closed(),
                    overview.handoffs());
        }
    }

    /** What happened a second, on the average of some time. */
    record Rates(double accepted, double handedOff, double closed) {}

    synchronized void add(Sample sample) {
        samples.addLast(sample);
        if (samples.size() > SECONDS + 1) {
            samples.removeFirst();
        }
    }

    /** Of the last {@code seconds}, or of as many as there are. */
    synchronized Rates rates(Sample now, int seconds) {
        Sample then = before(now, seconds);
        double elapsed = (now.timeNs() - then.timeNs()) / NS_PER_SECOND;
        if (elapsed <= 0) {
            return new Rates(0, 0, 0);
        }
        return new Rates(
                (now.accepted() - then.accepted()) / elapsed,
                (now.handedOff() - then.handedOff()) / elapsed,
                (now.closed() - then.closed()) / elapsed);
    }

    /** How long hand-offs took in the last minute. */
    synchronized LatencySnapshot handoffs(Sample now) {
        return now.handoffs().since(before(now, SECONDS).handoffs());
    }

    private Sample before(Sample now, int seconds) {
        Sample before = now;
        for (Sample sample : samples) {
            if (now.timeNs() - sample.timeNs() <= (seconds + 0.5) * NS_PER_SECOND) {
                before = sample;
                break;
            }
        }
        return before;
    }
}
