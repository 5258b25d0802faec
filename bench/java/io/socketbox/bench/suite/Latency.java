package io.socketbox.bench.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** From a client's connect to the first byte, through server and receiver. */
final class Latency implements Section {
    private static final int IN_FLIGHT = 8;

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String title() {
        return "From connect to the first byte, " + IN_FLIGHT + " clients at a time";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        Path forUs = bench.file("receiver");
        Path forC = bench.file("receiver");
        Path gc = bench.file("gc.log");
        Path configuration = bench.file("socketbox.conf");
        Files.writeString(configuration, "rule-set:0\nip:::/0 jump-unix:" + forUs + "\n");
        int port = bench.freePort();
        int portC = bench.freePort();
        int portDirect = bench.freePort();
        int total = bench.quickOr(15_000, 100_000);
        Histogram ours = new Histogram(3);
        Histogram loops = new Histogram(3);
        Histogram directs = new Histogram(3);
        try (Program r1 = bench.receiver(forUs, 0, 1);
                Program r2 = bench.receiver(forC, 0, 1);
                Program direct = Program.start(
                        bench.clientProcessor(),
                        Map.of(),
                        List.of(bench.tool("receiver"), "--accept", Integer.toString(portDirect)));
                Program server =
                        bench.socketboxWith(port, configuration, Map.of("SOCKETBOX_JAVA_OPTS", "-Xlog:gc:file=" + gc));
                Program loop = bench.acceptor(portC, forC, 1)) {
            direct.awaitLine("ready");
            Load.run(bench, "::1", port, bench.quickOr(60_000, 200_000), IN_FLIGHT, 0)
                    .complete();
            long collectionsBefore = collections(gc);
            Pairs p99 = Pairs.of(
                    bench.quickOr(3, 5), () -> p99(bench, port, total, ours), () -> p99(bench, portC, total, loops));
            long collections = collections(gc) - collectionsBefore;
            for (int i = 0; i < bench.quickOr(1, 3); i++) {
                p99(bench, portDirect, total, directs);
            }
            report.distribution("socketbox", ours);
            report.distribution("C loop", loops);
            report.distribution("daemon that accepts by itself", directs);
            describe(report, "socketbox", ours);
            describe(report, "C loop", loops);
            describe(report, "daemon that accepts by itself", directs);
            report.atMost(1.05, "p99, socketbox / C loop", "x", p99.ratios());
            report.figure("over 1 ms, socketbox", "of a million", overOneMs(ours));
            report.figure("over 1 ms, C loop", "of a million", overOneMs(loops));
            report.atMost(0, "garbage collections meanwhile", "", collections);
        }
    }

    private static double p99(Bench bench, int port, int total, Histogram sum)
            throws IOException, InterruptedException {
        Histogram latencies =
                Load.run(bench, "::1", port, total, IN_FLIGHT, 0).complete().latencies();
        sum.add(latencies);
        return latencies.getValueAtPercentile(99);
    }

    private static void describe(SectionReport report, String name, Histogram ns) {
        for (double percentile : new double[] {50, 99, 99.9}) {
            report.figure("p" + Spread.show(percentile) + ", " + name, "µs", ns.getValueAtPercentile(percentile) / 1e3);
        }
    }

    private static double overOneMs(Histogram ns) {
        return ns.getCountBetweenValues(1_000_000, ns.getMaxValue()) * 1e6 / ns.getTotalCount();
    }

    private static long collections(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains("Pause"))
                .count();
    }
}
