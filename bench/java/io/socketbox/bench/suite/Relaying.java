package io.socketbox.bench.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Bytes and messages through socketbox and socketbox-relay, against other relays. */
final class Relaying implements Section {
    private static final int MANY = 64;
    /**
     * Runs of the largest work of the long form, of each number of streams, after which a relay's code is compiled for
     * good: what was compiled for many streams is given up, and compiled again, when there is one.
     */
    private static final int WARMING_RUNS = 5;

    private static final long LARGEST_BYTES = 2_000_000_000;
    private static final long MESSAGES_EACH = 1_000;

    private static final Comparator<Map.Entry<RelayPeer, double[]>> BY_MEDIAN =
            Comparator.comparingDouble(entry -> Spread.of(entry.getValue()).median());

    @Override
    public String name() {
        return "relay";
    }

    @Override
    public String title() {
        return "Relaying: streams in one direction, messages of 64 bytes there and back";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        List<RelayPeer> there = new ArrayList<>();
        for (RelayPeer peer : RelayPeer.values()) {
            if (peer == RelayPeer.C_LOOP) {
                continue;
            }
            if (peer == RelayPeer.SOCAT && bench.isQuick()) {
                report.remark("left out of the quick form: socat, the slowest of all");
            } else if (peer.missing() != null) {
                report.remark("skipped: " + peer.missing());
            } else {
                there.add(peer);
            }
        }
        long bytes = bench.isQuick() ? LARGEST_BYTES / 2 : LARGEST_BYTES;
        compare(bench, report, there, new Streams(false, 1, bytes), new Streams(false, MANY, bytes));
        compare(
                bench,
                report,
                there,
                new Streams(true, 1, bench.quickOr(3_000, 30_000)),
                new Streams(true, MANY, bench.quickOr(16_000, 64_000)));
    }

    private static void compare(Bench bench, SectionReport report, List<RelayPeer> there, Streams... works)
            throws Exception {
        int target = bench.freePort();
        Map<RelayPeer, Relay> relays = new EnumMap<>(RelayPeer.class);
        try (Program end = Streams.end(bench, works[0].areMessages(), target)) {
            try {
                for (RelayPeer peer : there) {
                    relays.put(peer, peer.start(bench, bench.freePort(), target));
                }
                for (int i = 0; i < WARMING_RUNS; i++) {
                    for (Streams work : works) {
                        long total = work.areMessages() ? MESSAGES_EACH * work.count() : LARGEST_BYTES;
                        Streams warming = new Streams(work.areMessages(), work.count(), total);
                        for (Relay relay : relays.values()) {
                            warming.through(bench, relay);
                        }
                    }
                }
                for (Streams work : works) {
                    compare(bench, report, relays, work);
                }
            } finally {
                relays.values().forEach(Relay::close);
            }
        }
    }

    private static void compare(Bench bench, SectionReport report, Map<RelayPeer, Relay> relays, Streams work)
            throws Exception {
        int rounds = bench.quickOr(3, 5);
        Map<RelayPeer, List<Streams.Result>> results = new EnumMap<>(RelayPeer.class);
        List<RelayPeer> order = new ArrayList<>(relays.keySet());
        for (RelayPeer peer : order) {
            results.put(peer, new ArrayList<>());
            work.through(bench, relays.get(peer));
        }
        for (int i = 0; i < rounds; i++) {
            for (RelayPeer peer : order) {
                results.get(peer).add(work.through(bench, relays.get(peer)));
            }
            Collections.rotate(order, 1);
        }
        String what = String.format(
                Locale.ROOT, "%s, %d stream%s", work.areMessages() ? "messages" : "bytes", work.count(), many(work));
        rates(report, what, work, results);
        costs(report, what, work, results);
    }

    private static String many(Streams work) {
        return work.count() == 1 ? "" : "s";
    }

    private static void rates(
            SectionReport report, String what, Streams work, Map<RelayPeer, List<Streams.Result>> results) {
        double scale = work.areMessages() ? 1 : 1e-6;
        Map<RelayPeer, double[]> rates = values(results, result -> result.perSecond() * scale);
        rates.forEach((peer, values) ->
                report.figure(what + ", " + peer.title(), work.areMessages() ? "messages/s" : "MB/s", values));
        others(rates)
                .max(BY_MEDIAN)
                .ifPresent(best -> report.atLeast(1.0, versus(what + ", rate", best), "x", ratios(rates, best)));
    }

    private static void costs(
            SectionReport report, String what, Streams work, Map<RelayPeer, List<Streams.Result>> results) {
        // A nanosecond a byte is a second a gigabyte.
        double scale = work.areMessages() ? 1e-3 : 1;
        Map<RelayPeer, double[]> costs = values(results, result -> result.cpuNs() * scale);
        costs.forEach((peer, values) ->
                report.figure(what + ", " + peer.title(), work.areMessages() ? "CPU µs each" : "CPU s/GB", values));
        others(costs)
                .min(BY_MEDIAN)
                .ifPresent(
                        best -> report.atMost(0.9, versus(what + ", processor time", best), "x", ratios(costs, best)));
    }

    private static String versus(String what, Map.Entry<RelayPeer, double[]> best) {
        return what + ", socketbox / best other (" + best.getKey().title() + ")";
    }

    private static Map<RelayPeer, double[]> values(
            Map<RelayPeer, List<Streams.Result>> results, ToDoubleFunction<Streams.Result> value) {
        Map<RelayPeer, double[]> values = new EnumMap<>(RelayPeer.class);
        results.forEach((peer, list) ->
                values.put(peer, list.stream().mapToDouble(value).toArray()));
        return values;
    }

    private static Stream<Map.Entry<RelayPeer, double[]>> others(Map<RelayPeer, double[]> values) {
        return values.entrySet().stream().filter(entry -> entry.getKey() != RelayPeer.SOCKETBOX);
    }

    /** Ours divided by the other's, round by round. */
    private static double[] ratios(Map<RelayPeer, double[]> values, Map.Entry<RelayPeer, double[]> other) {
        double[] ours = values.get(RelayPeer.SOCKETBOX);
        return IntStream.range(0, ours.length)
                .mapToDouble(i -> ours[i] / other.getValue()[i])
                .toArray();
    }
}
