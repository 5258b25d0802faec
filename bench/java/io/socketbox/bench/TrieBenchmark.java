package io.socketbox.bench;

import inet.ipaddr.ipv6.IPv6Address;
import inet.ipaddr.ipv6.IPv6AddressAssociativeTrie;
import java.nio.ByteBuffer;
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

/** The same lookups in the trie of the library IPAddress; its address objects are made beforehand, which ours needs none of. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx4g", "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"})
public class TrieBenchmark {
    @Param({"200000"})
    int prefixes;

    private final IPv6AddressAssociativeTrie<Integer> trie = new IPv6AddressAssociativeTrie<>();
    private final IPv6Address[] addresses = new IPv6Address[LookupWork.ADDRESSES];
    private int next;

    @Setup
    public void setUp() {
        LookupWork work = LookupWork.of(prefixes, false);
        for (int i = 0; i < prefixes; i++) {
            trie.put(address(work.prefix()[i], 0).toPrefixBlock(64), i);
        }
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = address(work.localHi()[i], work.localLo()[i]);
        }
    }

    private static IPv6Address address(long hi, long lo) {
        return new IPv6Address(ByteBuffer.allocate(16).putLong(hi).putLong(lo).array());
    }

    @Benchmark
    public Object lookup() {
        return trie.longestPrefixMatchNode(addresses[next++ & (LookupWork.ADDRESSES - 1)])
                .getValue();
    }
}
