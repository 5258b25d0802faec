package io.socketbox.bench;

import io.socketbox.observe.Counter;
import io.socketbox.observe.DestinationStatistics;
import io.socketbox.observe.LatencyHistogram;
import io.socketbox.observe.RuleCounters;
import io.socketbox.observe.Statistics;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.SingleWriterRecorder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs a dispatcher to write down one connection. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StatisticsBenchmark {
    private static final int FD = 100;

    private final LatencyHistogram own = new LatencyHistogram();
    private final SingleWriterRecorder theirs = new SingleWriterRecorder(1L << 40, 2);
    private long value = 1;

    @Param({"false", "true"})
    public boolean detailed;

    private Statistics statistics;
    private DestinationStatistics destination;

    @Setup
    public void prepare() {
        statistics = new Statistics(detailed);
        destination = statistics.destination("unix:/a", () -> "ready");
        statistics.follow(new RuleCounters(detailed ? 1_000 : 0, rule -> rule, 1));
    }

    private long next() {
        value = value * 6364136223846793005L + 1442695040888963407L;
        return value >>> 44;
    }

    /** The time alone, which the others contain. */
    @Benchmark
    public long nanoTime() {
        return System.nanoTime();
    }

    @Benchmark
    public void ownHistogram() {
        own.record(next());
    }

    @Benchmark
    public void singleWriterRecorder() {
        theirs.recordValue(next());
    }

    /** Everything that a connection that is handed over at once is counted in. */
    @Benchmark
    public long connection() {
        statistics.decided(FD, (int) next() & 511, true);
        statistics.ended(FD, Counter.HANDED_OFF);
        destination.counters().increment(Counter.HANDED_OFF);
        return statistics.handedOff();
    }
}
