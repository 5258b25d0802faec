package io.socketbox.bench.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs the sections and writes the reports. {@code bench/run} starts it in a network namespace of its own. */
public final class Suite {
    private static final List<Section> SECTIONS = List.of(
            new DispatchCost(),
            new NothingLost(),
            new Latency(),
            new Lookup(),
            new Spawning(),
            new Relaying(),
            new Footprint(),
            new Reloading(),
            new Observing(),
            new Scaling());

    private Suite() {}

    /** {@code [--quick] [SECTION…]}; all sections when none is named. */
    public static void main(String[] args) throws Exception {
        boolean quick = List.of(args).contains("--quick");
        List<String> wanted =
                Stream.of(args).filter(arg -> !arg.startsWith("-")).toList();
        for (String name : wanted) {
            if (SECTIONS.stream().noneMatch(section -> section.name().equals(name))) {
                System.err.println("no section '" + name + "'; there are "
                        + SECTIONS.stream().map(Section::name).toList());
                System.exit(1);
            }
        }
        // Whatever a section that failed, or was interrupted, has left.
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform()
                        .unstarted(
                                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly)));
        Path out = Path.of(System.getProperty("bench.out"));
        Files.createDirectories(out);
        Path work = Files.createTempDirectory("socketbox-bench");
        List<SectionReport> reports = new ArrayList<>();
        boolean complete = true;
        try {
            Bench bench = new Bench(
                    quick, Path.of(System.getProperty("bench.dist")), Path.of(System.getProperty("bench.tools")), work);
            for (Section section : SECTIONS) {
                if (wanted.isEmpty() || wanted.contains(section.name())) {
                    complete &= run(section, bench, reports);
                }
            }
        } finally {
            delete(work);
        }
        Report report = new Report(Machine.describe(), quick, reports);
        Files.writeString(out.resolve("results.json"), report.json());
        Files.writeString(out.resolve("report.html"), report.html());
        Files.writeString(out.resolve("results.md"), report.markdown());
        Files.writeString(out.resolve("baseline.tsv"), Baseline.render(reports));
        System.err.println("written: " + out.resolve("results.json") + ", report.html, results.md");
        System.err.println("all of it took " + report.took());
        Baseline.compare(Path.of(System.getProperty("bench.baseline")), reports).forEach(System.err::println);
        if (!complete) {
            System.exit(1);
        }
    }

    private static boolean run(Section section, Bench bench, List<SectionReport> reports) {
        System.err.println(section.name() + ": " + section.title());
        SectionReport report = new SectionReport(section);
        reports.add(report);
        long startNs = System.nanoTime();
        try {
            section.run(bench, report);
            return true;
        } catch (Exception e) {
            report.remark("failed: " + e);
            e.printStackTrace();
            return false;
        } finally {
            report.took((System.nanoTime() - startNs) / 1e9);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
