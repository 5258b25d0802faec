package io.socketbox.bench;

import io.socketbox.config.Configuration;
import io.socketbox.route.Addresses;
import io.socketbox.route.RouteTable;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
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
    private static final int ADDRESSES = 1 << 18;
    private static final int DESTINATIONS = 1000;

    @Param({"10", "1000", "100000", "1000000"})
    int prefixes;

    @Param({"random", "skewed"})
    String addresses;

    private RouteTable table;
    private final long[] localHi = new long[ADDRESSES];
    private final long[] localLo = new long[ADDRESSES];
    private int next;

    @Setup
    public void setUp() {
        Random random = new Random(42);
        long[] prefix = new long[prefixes];
        for (int i = 0; i < prefixes; i++) {
            prefix[i] = 0x2001_0db8_0000_0000L | (random.nextInt() & 0xffff_ffffL);
        }
        table = Configuration.parse(text(prefix), "bench.conf", false).compile().table();
        for (int i = 0; i < ADDRESSES; i++) {
            double draw = random.nextDouble();
            double place = addresses.equals("skewed") ? Math.pow(draw, 8) : draw;
            localHi[i] = prefix[(int) (place * prefixes)];
            localLo[i] = random.nextLong();
        }
    }

    private static byte[] text(long[] prefix) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(52 * prefix.length + 64);
        StringBuilder line = new StringBuilder("rule-set:0\n");
        for (int i = 0; i < prefix.length; i++) {
            line.append("ip:");
            Addresses.append(line, prefix[i], 0);
            line.append("/64 jump-unix:/run/").append(i % DESTINATIONS).append(".sock\n");
            bytes.writeBytes(line.toString().getBytes(StandardCharsets.ISO_8859_1));
            line.setLength(0);
        }
        return bytes.toByteArray();
    }

    @Benchmark
    public int lookup() {
        int at = next++ & (ADDRESSES - 1);
        return table.lookup(localHi[at], localLo[at], 443, 0x2001_0db8_ffff_0000L, at, 40_000);
    }
}
