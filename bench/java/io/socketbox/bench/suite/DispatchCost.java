package io.socketbox.bench.suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Processor time of the dispatching process for each delivered connection, against the C loop and the original. */
final class DispatchCost implements Section {
    private static final int IN_FLIGHT = 64;
    private static final int COLD = 30_000;

    @Override
    public String name() {
        return "dispatch";
    }

    @Override
    public String title() {
        return "Processor time of the dispatching process for each connection";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        warm(bench, report, 1);
        warm(bench, report, IN_FLIGHT);
        cold(bench, report);
        original(bench, report);
    }

    private static void warm(Bench bench, SectionReport report, int inFlight) throws Exception {
        Path forUs = bench.file("receiver");
        Path forC = bench.file("receiver");
        int port = bench.freePort();
        int portC = bench.freePort();
        int total = inFlight == 1 ? bench.quickOr(3_000, 15_000) : bench.quickOr(15_000, 60_000);
        try (Program r1 = bench.receiver(forUs, 0, 1);
                Program r2 = bench.receiver(forC, 0, 1);
                Program server = bench.socketbox(port, forUs);
                Program loop = bench.acceptor(portC, forC, 1)) {
            Load.run(bench, "::1", port, bench.quickOr(60_000, 200_000), IN_FLIGHT, 0)
                    .complete();
            Pairs pairs = Pairs.of(
                    bench.quickOr(5, 7),
                    () -> usEach(bench, server, port, total, inFlight),
                    () -> usEach(bench, loop, portC, total, inFlight));
            String at = " at " + inFlight + " in flight";
            report.figure("socketbox" + at, "µs", pairs.a());
            report.figure("C loop" + at, "µs", pairs.b());
            if (inFlight == IN_FLIGHT) {
                report.atMost(1.00, "socketbox / C loop" + at, "x", pairs.ratios());
            } else {
                report.figure("socketbox / C loop" + at, "x", pairs.ratios());
            }
        }
    }

    private static double usEach(Bench bench, Program server, int port, int total, int inFlight) throws Exception {
        long before = server.cpuNs();
        Load load = Load.run(bench, "::1", port, total, inFlight, 0);
        return (server.cpuNs() - before) / 1e3 / load.answered();
    }

    /** The first connections of a process, its start not counted. */
    private static void cold(Bench bench, SectionReport report) throws Exception {
        Pairs pairs = Pairs.of(
                bench.quickOr(2, 5),
                () -> {
                    Path path = bench.file("receiver");
                    int port = bench.freePort();
                    try (Program receiver = bench.receiver(path, 0, 1);
                            Program server = bench.socketbox(port, path)) {
                        return usEach(bench, server, port, COLD, IN_FLIGHT);
                    }
                },
                () -> {
                    Path path = bench.file("receiver");
                    int port = bench.freePort();
                    try (Program receiver = bench.receiver(path, 0, 1);
                            Program loop = bench.acceptor(port, path, 1)) {
                        return usEach(bench, loop, port, COLD, IN_FLIGHT);
                    }
                });
        report.atMost(1.15, "socketbox / C loop, the first 30,000 connections", "x", pairs.ratios());
    }

    private static void original(Bench bench, SectionReport report) throws Exception {
        if (Bench.original() == null) {
            report.remark("skipped: the original; name the folder of its programs with ORIGINAL=/path/to/dir");
            return;
        }
        Path forUs = bench.file("receiver");
        Path forIt = bench.file("receiver");
        int port = bench.freePort();
        int portIt = bench.freePort();
        Path configuration = bench.file("original.conf");
        Files.writeString(configuration, "max-rules:1\nrule-set:0 size:1\ndefault jump-unix:" + forIt + "\n");
        try (Program r1 = bench.receiver(forUs, 0, 1);
                Program r2 = bench.receiver(forIt, 0, 1);
                Program server = bench.socketbox(port, forUs);
                Program original = Program.start(
                        bench.serverProcessor(),
                        Map.of(),
                        List.of(
                                Bench.original() + "/socketbox",
                                "-p",
                                Integer.toString(portIt),
                                "-f",
                                configuration.toString()))) {
            Load.run(bench, "::1", port, 60_000, IN_FLIGHT, 0).complete();
            int total = bench.quickOr(30_000, 100_000);
            Pairs pairs = Pairs.of(
                    bench.quickOr(3, 7),
                    () -> usEach(bench, server, port, total, IN_FLIGHT),
                    () -> usEach(bench, original, portIt, total, IN_FLIGHT));
            report.atMost(0.95, "socketbox / original at 64 in flight", "x", pairs.ratios());
        }
    }
}
