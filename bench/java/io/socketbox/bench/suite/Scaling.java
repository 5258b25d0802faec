package io.socketbox.bench.suite;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Whether a connection costs more when there is more of everything. */
final class Scaling implements Section {
    private static final double FLAT = 1.1;
    private static final int IN_FLIGHT = 64;

    @Override
    public String name() {
        return "scaling";
    }

    @Override
    public String title() {
        return "Processor time for each connection or message, by what there is of everything";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        rules(bench, report);
        destinations(bench, report);
        pending(bench, report);
        dispatchers(bench, report);
        if (bench.isQuick()) {
            report.remark("left out of the quick form: open relays");
        } else {
            OpenRelays.run(bench, report, FLAT);
        }
    }

    /** The last prefixes of the file are the ones that are connected to. */
    private static void rules(Bench bench, SectionReport report) throws Exception {
        Path receiver = bench.file("receiver");
        int few = bench.freePort();
        int[] counts = bench.isQuick() ? new int[] {100_000} : new int[] {1_000, 100_000, 1_000_000};
        try (Program r = bench.receiver(receiver, 0, 1);
                Program small = bench.socketboxWith(few, ruleFile(bench, 10, receiver), Map.of())) {
            warm(bench, few, Bench.PREFIX, 0);
            for (int count : counts) {
                int many = bench.freePort();
                try (Program large = bench.socketboxWith(
                        many, ruleFile(bench, count, receiver), Map.of("SOCKETBOX_JAVA_OPTS", "-Xmx1g"))) {
                    warm(bench, many, Bench.PREFIX, 0);
                    report.atMost(
                            FLAT,
                            Spread.show(count) + " rules / 10 rules",
                            "x",
                            compare(bench, large, many, small, few, Bench.PREFIX, 100_000, 100_000));
                }
            }
        }
    }

    private static Path ruleFile(Bench bench, int count, Path receiver) throws IOException {
        Path file = bench.file("rules.conf");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("rule-set:0\n");
            for (int i = 0; i < count; i++) {
                out.write("ip:2001:db8:1::" + Integer.toHexString(i >>> 16) + ":" + Integer.toHexString(i & 0xffff)
                        + "/128 jump-unix:" + receiver + "\n");
            }
            out.write("default jump-unix:" + receiver + "\n");
        }
        return file;
    }

    private static void destinations(Bench bench, SectionReport report) throws Exception {
        int[] counts = bench.isQuick() ? new int[] {1_000} : new int[] {100, 1_000, 10_000};
        for (int count : counts) {
            Path forUs = bench.file("r");
            Path forC = bench.file("r");
            int port = bench.freePort();
            int portC = bench.freePort();
            try (Program r1 = bench.receiver(forUs, 0, count);
                    Program r2 = bench.receiver(forC, 0, count);
                    Program server = bench.socketboxWith(port, destinationFile(bench, count, forUs), Map.of());
                    Program loop = bench.acceptor(portC, forC, count)) {
                warm(bench, port, Bench.PREFIX, count);
                if (!bench.isQuick()) {
                    besideOne(bench, report, count, server, port);
                }
                report.atMost(
                        FLAT,
                        Spread.show(count) + " destinations, socketbox / C loop",
                        "x",
                        compare(bench, server, port, loop, portC, Bench.PREFIX, count, count));
            }
        }
    }

    private static void besideOne(Bench bench, SectionReport report, int count, Program many, int portMany)
            throws Exception {
        Path one = bench.file("receiver");
        int port = bench.freePort();
        try (Program receiver = bench.receiver(one, 0, 1);
                Program single = bench.socketbox(port, one)) {
            warm(bench, port, Bench.PREFIX, count);
            report.figure(
                    Spread.show(count) + " destinations / 1 destination",
                    "x",
                    compare(bench, many, portMany, single, port, Bench.PREFIX, count, count));
        }
    }

    private static Path destinationFile(Bench bench, int count, Path receivers) throws IOException {
        Path file = bench.file("destinations.conf");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("rule-set:0\njump-map:m\nmap-set:m match-lip:128\n");
            for (int i = 0; i < count; i++) {
                out.write("ip:2001:db8:1::" + Integer.toHexString(i) + " jump-unix:" + receivers + "." + i + "\n");
            }
        }
        return file;
    }

    /** While so many wait for a receiver that takes none, others are served. */
    private static void pending(Bench bench, SectionReport report) throws Exception {
        Path stuck = bench.file("stuck");
        Path receiver = bench.file("receiver");
        int port = bench.freePort();
        int portIdle = bench.freePort();
        int waiting = bench.quickOr(1_000, 3_000);
        Path configuration = bench.file("socketbox.conf");
        int portStuck = bench.freePort();
        Files.writeString(
                configuration,
                "rule-set:0\nport:" + portStuck + " jump-unix:" + stuck + "\ndefault jump-unix:" + receiver + "\n");
        try (Program r = bench.receiver(receiver, 0, 1);
                Program nobody = bench.receiver(stuck, 0, 1);
                Program idle = bench.socketbox(portIdle, receiver);
                Program server = bench.socketboxWith(
                        port, configuration, Map.of(), "-p", Integer.toString(portStuck), "--handoff-timeout", "10m")) {
            nobody.signal("STOP");
            try (Program waiters = Program.start(
                    bench.clientProcessor(),
                    Map.of(),
                    List.of(
                            bench.tool("load"),
                            "::1",
                            Integer.toString(portStuck),
                            Integer.toString(waiting),
                            Integer.toString(waiting),
                            bench.file("latencies").toString()))) {
                warm(bench, port, "::1", 0);
                warm(bench, portIdle, "::1", 0);
                report.atMost(
                        FLAT,
                        Spread.show(waiting) + " connections waiting for another destination / none",
                        "x",
                        compare(bench, server, port, idle, portIdle, "::1", 0, 0));
            } finally {
                nobody.signal("CONT");
            }
        }
    }

    private static void dispatchers(Bench bench, SectionReport report) throws Exception {
        Path forOne = bench.file("receiver");
        Path forTwo = bench.file("receiver");
        int one = bench.freePort();
        int two = bench.freePort();
        try (Program r1 = bench.receiver(forOne, 0, 1);
                Program r2 = bench.receiver(forTwo, 0, 1);
                Program single = bench.socketbox(one, forOne);
                Program pair = bench.socketbox(two, forTwo, "-w", "2")) {
            warm(bench, one, "::1", 0);
            warm(bench, two, "::1", 0);
            report.atMost(
                    FLAT, "2 dispatchers / 1 dispatcher", "x", compare(bench, pair, two, single, one, "::1", 0, 0));
        }
    }

    private static void warm(Bench bench, int port, String address, int spread) throws Exception {
        Load.run(bench, address, port, bench.quickOr(30_000, 60_000), IN_FLIGHT, spread)
                .complete();
    }

    private static double[] compare(
            Bench bench, Program a, int portA, Program b, int portB, String address, int spreadA, int spreadB)
            throws Exception {
        int total = bench.quickOr(10_000, 20_000);
        return Pairs.of(
                        bench.quickOr(3, 5),
                        () -> usEach(bench, a, portA, address, total, spreadA),
                        () -> usEach(bench, b, portB, address, total, spreadB))
                .ratios();
    }

    private static double usEach(Bench bench, Program server, int port, String address, int total, int spread)
            throws Exception {
        long before = server.cpuNs();
        Load load = Load.run(bench, address, port, total, IN_FLIGHT, spread).complete();
        return (server.cpuNs() - before) / 1e3 / load.answered();
    }
}
