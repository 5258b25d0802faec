package io.socketbox.bench.suite;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a new configuration of very many prefixes costs while connections come in. */
final class Reloading implements Section {
    private static final int IN_FLIGHT = 8;
    private static final Pattern MS = Pattern.compile("in ([0-9]+) ms");
    private static final Pattern STOP_NS = Pattern.compile("Total: *([0-9]+) ns");

    @Override
    public String name() {
        return "reload";
    }

    @Override
    public String title() {
        return "Another configuration while connections come in";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        int prefixes = bench.quickOr(200_000, 1_000_000);
        Path receiver = bench.file("receiver");
        Path configuration = configuration(bench, prefixes, receiver);
        Path stops = bench.file("safepoints");
        int port = bench.freePort();
        Map<String, String> logged = Map.of("SOCKETBOX_JAVA_OPTS", "-Xlog:safepoint*:file=" + stops + "::filecount=0");
        List<String> command =
                List.of(bench.dist().resolve("bin/socketbox").toString(), "-p" + port, "-f" + configuration);
        // On any processor: what compiles the rules is a thread of its own.
        try (Program r = bench.receiver(receiver, 0, 1);
                Program server = Program.start(-1, logged, command)) {
            server.awaitLine("listening on");
            double idleMib = server.statusKib("VmRSS") / 1024.0;
            longestMs(bench, port);
            int rounds = bench.quickOr(2, 7);
            double[] tookMs = new double[rounds];
            double[] reloadingMs = new double[rounds];
            double[] stillMs = new double[rounds];
            double[] stoppedMs = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                stillMs[i] = longestMs(bench, port);
                int before = stops(stops).size();
                FutureTask<Double> load = new FutureTask<>(() -> longestMs(bench, port));
                Thread.ofPlatform().start(load);
                server.signal("HUP");
                tookMs[i] = ms(server.awaitText("reloaded: "));
                reloadingMs[i] = load.get();
                List<Double> during = stops(stops);
                stoppedMs[i] = during.subList(before, during.size()).stream()
                        .mapToDouble(ms -> ms)
                        .max()
                        .orElse(0);
            }
            String of = Spread.show(prefixes) + " prefixes";
            report.figure("from SIGHUP to new rules, " + of, "ms", tookMs);
            report.atMost(10, "longest stop of the dispatcher by the virtual machine, " + of, "ms", stoppedMs);
            report.figure("longest from connect to the first byte, reloading", "ms", reloadingMs);
            report.figure("longest from connect to the first byte, else", "ms", stillMs);
            report.figure("resident memory before", "MiB", idleMib);
            report.figure("resident memory at its peak", "MiB", server.statusKib("VmHWM") / 1024.0);
            report.figure("resident memory after", "MiB", server.statusKib("VmRSS") / 1024.0);
        }
    }

    /** Distinct prefixes, as a rule-set of an operator with that many customers might have them. */
    private static Path configuration(Bench bench, int prefixes, Path receiver) throws IOException {
        Path file = bench.file("socketbox.conf");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("rule-set:0\n");
            for (int i = 0; i < prefixes; i++) {
                long customer = i * 0x9e37_79b1L & 0xffff_ffffL;
                out.write(String.format(
                        "ip:2001:db8:%x:%x::/64 jump-unix:%s%n",
                        customer >>> 16, customer & 0xffff, "/run/" + i % 100));
            }
            out.write("default jump-unix:" + receiver + "\n");
        }
        return file;
    }

    private static double longestMs(Bench bench, int port) throws IOException, InterruptedException {
        return Load.run(bench, "::1", port, bench.quickOr(30_000, 120_000), IN_FLIGHT, 0)
                        .complete()
                        .latencies()
                        .getMaxValue()
                / 1e6;
    }

    private static double ms(String line) {
        Matcher matcher = MS.matcher(line);
        if (!matcher.find()) {
            throw new IllegalStateException("no duration in: " + line);
        }
        return Double.parseDouble(matcher.group(1));
    }

    /** How long the virtual machine stopped all of its threads, each time, in order. */
    private static List<Double> stops(Path log) throws IOException {
        List<Double> stops = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            Matcher matcher = STOP_NS.matcher(line);
            if (matcher.find()) {
                stops.add(Long.parseLong(matcher.group(1)) / 1e6);
            }
        }
        return stops;
    }
}
