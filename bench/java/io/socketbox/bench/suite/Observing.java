package io.socketbox.bench.suite;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What it costs a dispatcher when its metrics are scraped, a hundred times as often as Prometheus does. */
final class Observing implements Section {
    private static final int IN_FLIGHT = 64;
    private static final long INTERVAL_MS = 100;
    private static final String DISPATCHER = "dispatcher-0";

    @Override
    public String name() {
        return "observe";
    }

    @Override
    public String title() {
        return "Processor time of a dispatcher for each connection, while its metrics are scraped";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        Path path = bench.file("receiver");
        int port = bench.freePort();
        int metrics = bench.freePort();
        int total = bench.quickOr(30_000, 100_000);
        AtomicLong scrapes = new AtomicLong();
        try (Program receiver = bench.receiver(path, 0, 1);
                Program server = bench.socketbox(port, path, "--metrics", Integer.toString(metrics))) {
            Load.run(bench, "::1", port, bench.quickOr(30_000, 200_000), IN_FLIGHT, 0)
                    .complete();
            Pairs pairs = Pairs.of(
                    bench.quickOr(3, 9),
                    () -> {
                        Thread scraper = Thread.ofPlatform().start(() -> scrape(metrics, scrapes));
                        try {
                            return usEach(bench, server, port, total);
                        } finally {
                            scraper.interrupt();
                            scraper.join();
                        }
                    },
                    () -> usEach(bench, server, port, total));
            report.figure("dispatcher, metrics scraped ten times a second", "µs", pairs.a());
            report.figure("dispatcher, not scraped", "µs", pairs.b());
            report.atMost(1.05, "dispatcher, scraped / not scraped", "x", pairs.ratios());
            report.remark(scrapes + " scrapes");
        }
    }

    private static double usEach(Bench bench, Program server, int port, int total) throws Exception {
        long before = server.threadCpuNs(DISPATCHER);
        Load load = Load.run(bench, "::1", port, total, IN_FLIGHT, 0).complete();
        return (server.threadCpuNs(DISPATCHER) - before) / 1e3 / load.answered();
    }

    private static void scrape(int port, AtomicLong scrapes) {
        byte[] request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try {
            while (true) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                        InputStream answer = socket.getInputStream()) {
                    socket.getOutputStream().write(request);
                    if (answer.readAllBytes().length < 1_000) {
                        throw new IOException("no metrics");
                    }
                }
                scrapes.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
