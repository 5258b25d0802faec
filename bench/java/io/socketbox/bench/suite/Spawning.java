package io.socketbox.bench.suite;

import io.socketbox.bench.InetdBenchmark;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** A process for each connection, against the super-servers of Debian. */
final class Spawning implements Section {
    /** A compiler at work is a third thread on two processors: it is what a p99 tells, until it is done. */
    private static final int LONG_WARM_UP_MS = 3_500;

    private static final Set<InetdPeer> IN_QUICK_FORM = EnumSet.of(InetdPeer.SOCKETBOX, InetdPeer.OPENBSD_INETD);

    @Override
    public String name() {
        return "inetd";
    }

    @Override
    public String title() {
        return "A process for each connection, eight clients at a time";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        List<InetdPeer> there = new ArrayList<>();
        for (InetdPeer peer : InetdPeer.values()) {
            if (bench.isQuick() && !IN_QUICK_FORM.contains(peer)) {
                report.remark("left out of the quick form: " + peer.title());
            } else if (peer.executable() == null) {
                report.remark("skipped: " + peer.title() + " is not there");
            } else {
                there.add(peer);
            }
        }
        Map<InetdPeer, Double> rates = new EnumMap<>(InetdPeer.class);
        Map<InetdPeer, Double> p99s = new EnumMap<>(InetdPeer.class);
        for (InetdPeer peer : there) {
            if (!bench.isQuick()) {
                rates.put(peer, rate(bench, peer));
                report.figure("rate, " + peer.title(), "connections/s", rates.get(peer));
            }
            p99s.put(peer, p99Ms(bench, peer));
            report.figure("p99, " + peer.title(), "ms", p99s.get(peer));
        }
        if (there.contains(InetdPeer.OPENBSD_INETD)) {
            Pairs pairs = Pairs.of(
                    bench.quickOr(3, 5),
                    () -> rate(bench, InetdPeer.SOCKETBOX),
                    () -> rate(bench, InetdPeer.OPENBSD_INETD));
            report.atLeast(1.2, "rate, socketbox-inetd / openbsd-inetd", "x", pairs.ratios());
        }
        for (InetdPeer peer : there) {
            if (peer != InetdPeer.SOCKETBOX && peer != InetdPeer.RESIDENT) {
                report.atMost(
                        1.0,
                        "p99, socketbox-inetd / " + peer.title(),
                        "x",
                        p99s.get(InetdPeer.SOCKETBOX) / p99s.get(peer));
                if (!bench.isQuick()) {
                    report.atLeast(
                            20,
                            "rate, resident receiver / " + peer.title(),
                            "x",
                            rates.get(InetdPeer.RESIDENT) / rates.get(peer));
                }
            }
        }
    }

    private static double rate(Bench bench, InetdPeer peer) throws Exception {
        return measure(bench, peer, Mode.Throughput, bench.quickOr(1_500, 2_000))
                .getPrimaryResult()
                .getScore();
    }

    private static double p99Ms(Bench bench, InetdPeer peer) throws Exception {
        return 1e3
                * measure(bench, peer, Mode.SampleTime, LONG_WARM_UP_MS)
                        .getPrimaryResult()
                        .getStatistics()
                        .getPercentile(99);
    }

    private static RunResult measure(Bench bench, InetdPeer peer, Mode mode, int warmUpMs) throws Exception {
        return new Runner(new OptionsBuilder()
                        .include(InetdBenchmark.class.getName() + ".answer")
                        .param("peer", peer.name())
                        .mode(mode)
                        .warmupIterations(1)
                        .warmupTime(TimeValue.milliseconds(warmUpMs))
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(bench.quickOr(800, 3_000)))
                        .jvmArgsAppend(
                                "-Dbench.dist=" + System.getProperty("bench.dist"),
                                "-Dbench.tools=" + System.getProperty("bench.tools"),
                                "-Dbench.peers=" + System.getProperty("bench.peers"))
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run()
                .iterator()
                .next();
    }
}
