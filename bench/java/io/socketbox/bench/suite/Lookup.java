package io.socketbox.bench.suite;

import io.socketbox.bench.LookupBenchmark;
import io.socketbox.bench.LookupWork;
import io.socketbox.bench.TrieBenchmark;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Route lookups by themselves. */
final class Lookup implements Section {
    private static final int COMPARED = 200_000;

    @Override
    public String name() {
        return "lookup";
    }

    @Override
    public String title() {
        return "Route lookup, one thread, another address each time";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        for (String prefixes :
                bench.isQuick() ? List.of("1000") : List.of("10", "1000", "100000", "200000", "1000000")) {
            for (String addresses : bench.isQuick() ? List.of("random") : List.of("random", "skewed")) {
                RunResult result = measure(bench, LookupBenchmark.class, prefixes, addresses);
                String name = "socketbox, " + Spread.show(Integer.parseInt(prefixes)) + " prefixes, " + addresses
                        + " addresses";
                double ns = result.getPrimaryResult().getScore();
                if (prefixes.equals("1000")) {
                    report.atMost(15, name, "ns", ns);
                } else {
                    report.figure(name, "ns", ns);
                }
                report.atMost(
                        // JMH's own bookkeeping shows in short runs; an object would be 16 bytes.
                        0.05,
                        "allocated, " + name,
                        "B each",
                        result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
            }
        }
        Path file = bench.file("lookups");
        LookupWork.of(COMPARED, false).write(file);
        if (!bench.isQuick()) {
            against(bench, report, "sorted", "sorted list, binary search", file);
        }
        if (bench.hasTool("fib6")) {
            against(bench, report, "fib6", "DPDK rte_fib6", file);
        } else {
            report.remark("skipped: DPDK's rte_fib6; it needs the package libdpdk-dev");
        }
        if (!bench.isQuick()) {
            Pairs pairs = Pairs.of(3, () -> ours(bench), () -> score(measure(bench, TrieBenchmark.class, null, null)));
            report.figure("200,000 prefixes, socketbox / IPAddress trie", "x", pairs.ratios());
        }
    }

    private static void against(Bench bench, SectionReport report, String tool, String name, Path file)
            throws Exception {
        Pairs pairs = Pairs.of(bench.quickOr(3, 5), () -> ours(bench), () -> {
            String printed = Program.run(bench.serverProcessor(), List.of(bench.tool(tool), file.toString()));
            return Double.parseDouble(printed.substring(printed.indexOf("ns ") + 3, printed.indexOf(" sum")));
        });
        report.figure("200,000 prefixes, " + name, "ns", pairs.b());
        String ratio = "200,000 prefixes, socketbox / " + name;
        if (tool.equals("fib6")) {
            report.atMost(0.8, ratio, "x", pairs.ratios());
        } else {
            report.figure(ratio, "x", pairs.ratios());
        }
    }

    private static double ours(Bench bench) throws Exception {
        return score(measure(bench, LookupBenchmark.class, Integer.toString(COMPARED), "random"));
    }

    private static double score(RunResult result) {
        return result.getPrimaryResult().getScore();
    }

    private static RunResult measure(Bench bench, Class<?> benchmark, String prefixes, String addresses)
            throws Exception {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmark.getName() + ".lookup")
                .forks(1)
                .warmupIterations(bench.quickOr(2, 3))
                .warmupTime(TimeValue.milliseconds(bench.quickOr(200, 400)))
                .measurementIterations(bench.quickOr(3, 5))
                .measurementTime(TimeValue.milliseconds(bench.quickOr(200, 400)))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT);
        if (prefixes != null) {
            options = options.param("prefixes", prefixes).param("addresses", addresses);
        }
        return new Runner(options.build()).run().iterator().next();
    }
}
