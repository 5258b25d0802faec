package io.socketbox.bench.suite;

import java.nio.file.Path;

/** Connections lost, by how many are in flight and how fast the receiver is. */
final class NothingLost implements Section {
    private static final int[] IN_FLIGHT = {8, 64, 512, 4096};
    private static final int SLOW_US = 200;

    @Override
    public String name() {
        return "lost";
    }

    @Override
    public String title() {
        return "Connections lost";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        for (int delayUs : new int[] {0, SLOW_US}) {
            Path path = bench.file("receiver");
            int port = bench.freePort();
            try (Program receiver = bench.receiver(path, delayUs, 1);
                    Program server = bench.socketbox(port, path)) {
                for (int inFlight : IN_FLIGHT) {
                    int total = delayUs == 0 ? bench.quickOr(10_000, 100_000) : bench.quickOr(5_000, 20_000);
                    Load load = Load.run(bench, "::1", port, total, inFlight, 0);
                    report.atMost(
                            0,
                            "lost of " + total + " with " + inFlight + " in flight, "
                                    + (delayUs == 0 ? "fast receiver" : "receiver that takes " + delayUs + " µs each"),
                            "connections",
                            load.lost());
                }
            }
        }
    }
}
