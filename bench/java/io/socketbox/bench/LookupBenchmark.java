package io.socketbox.bench;

import io.socketbox.route.RouteTable;
import java.util.concurrent.TimeUnit;
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

/**
 * One route lookup, by the number of prefixes. Each lookup is of another address: {@code random} draws every prefix as
 * often, so that a large table is read from memory; {@code skewed} draws few of them nearly always, as clients do.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx400m", "-XX:+UseSerialGC", "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"})
public class LookupBenchmark {
    @Param({"10", "1000", "100000", "200000", "1000000"})
    int prefixes;

    @Param({"random", "skewed"})
    String addresses;

    private RouteTable table;
    private long[] localHi;
    private long[] localLo;
    private int next;

    @Setup
    public void setUp() {
        LookupWork work = LookupWork.of(prefixes, addresses.equals("skewed"));
        table = work.table();
        localHi = work.localHi();
        localLo = work.localLo();
    }

    @Benchmark
    public int lookup() {
        int at = next++ & (LookupWork.ADDRESSES - 1);
        return table.lookup(localHi[at], localLo[at], 443, 0x2001_0db8_ffff_0000L, at, 40_000);
    }
}
