package io.socketbox.bench.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Whether a message through a relay costs more when many other connections through it stand idle. */
final class OpenRelays {
    private static final int FEW = 10;
    private static final int ACTIVE = 8;
    private static final int ROUNDS = 5;
    /** More would say no more. */
    private static final int MOST = 10_000;
    /** Descriptors that a relay needs beside two for each connection: socketbox-relay keeps some for its pipes. */
    private static final int OTHER_DESCRIPTORS = 1_500;

    private OpenRelays() {}

    /** A relay with idle connections. Its end is a process of its own, which has as many descriptors as it may. */
    private static final class Held implements AutoCloseable {
        private final Relay relay;
        private final Program end;
        private final Program idle;

        Held(Bench bench, RelayPeer peer, int count) throws IOException, InterruptedException {
            int target = bench.freePort();
            end = Streams.end(bench, true, target);
            relay = peer.start(bench, bench.freePort(), target);
            idle = Streams.hold(bench, relay, count);
        }

        double usEach(Bench bench, Streams messages) throws IOException, InterruptedException {
            return messages.through(bench, relay).cpuNs() / 1e3;
        }

        @Override
        public void close() {
            idle.close();
            relay.close();
            end.close();
        }
    }

    static void run(Bench bench, SectionReport report, double bar) throws Exception {
        int most = (int) Math.min(MOST, (descriptors() - OTHER_DESCRIPTORS) / 2);
        Streams messages = new Streams(true, ACTIVE, 40_000);
        try (Held few = new Held(bench, RelayPeer.SOCKETBOX, FEW);
                Held fewC = new Held(bench, RelayPeer.C_LOOP, FEW)) {
            few.usEach(bench, messages);
            for (int count :
                    IntStream.of(100, 1_000, most).filter(n -> n <= most).toArray()) {
                try (Held many = new Held(bench, RelayPeer.SOCKETBOX, count);
                        Held manyC = new Held(bench, RelayPeer.C_LOOP, count)) {
                    many.usEach(bench, messages);
                    Pairs growth = Pairs.of(
                            ROUNDS,
                            () -> many.usEach(bench, messages) / few.usEach(bench, messages),
                            () -> manyC.usEach(bench, messages) / fewC.usEach(bench, messages));
                    String name = Spread.show(count) + " relays open / " + FEW;
                    report.figure(name + ", socketbox-relay", "x", growth.a());
                    report.figure(name + ", C loop", "x", growth.b());
                    report.atMost(bar, name + ", socketbox-relay / C loop", "x", growth.ratios());
                }
            }
        }
    }

    /** How many this process and those that it starts may have. */
    private static long descriptors() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .mapToLong(line -> Long.parseLong(
                        line.substring("Max open files".length()).trim().split(" +")[0]))
                .findFirst()
                .orElseThrow();
    }
}
