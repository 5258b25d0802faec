package io.socketbox.bench.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How long a start takes, and how much memory and disk it needs. */
final class Footprint implements Section {
    private static final int IN_FLIGHT = 64;

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public String title() {
        return "Start, memory, size";
    }

    @Override
    public void run(Bench bench, SectionReport report) throws Exception {
        start(bench, report);
        memory(bench, report);
        report.figure("size of the image", "MiB", sizeOf(bench.dist()) / 1048576.0);
    }

    /** Against a virtual machine with a class cache of its own that makes one call by the foreign function interface. */
    private static void start(Bench bench, SectionReport report) throws Exception {
        Path receiver = bench.file("receiver");
        List<String> oneCall = oneCall(bench);
        try (Program r = bench.receiver(receiver, 0, 1)) {
            Pairs pairs = Pairs.of(bench.quickOr(5, 21), () -> startMs(bench, receiver), () -> {
                try (Program program = Program.start(bench.serverProcessor(), Map.of(), oneCall)) {
                    return program.awaitLine("called") / 1e6;
                }
            });
            report.figure("socketbox, from exec to listening", "ms", pairs.a());
            report.figure("one downcall, from exec to its result", "ms", pairs.b());
            report.atMost(1.5, "socketbox / one downcall", "x", pairs.ratios());
        }
    }

    private static double startMs(Bench bench, Path receiver) throws IOException {
        Path configuration = bench.file("socketbox.conf");
        Files.writeString(configuration, "rule-set:0\nip:::/0 jump-unix:" + receiver + "\n");
        List<String> command = List.of(
                bench.dist().resolve("bin/socketbox").toString(),
                "-p",
                Integer.toString(bench.freePort()),
                "-f",
                configuration.toString());
        try (Program program = Program.start(bench.serverProcessor(), Map.of(), command)) {
            return program.awaitLine("listening on") / 1e6;
        }
    }

    private static List<String> oneCall(Bench bench) throws Exception {
        Path source = bench.file("one-call");
        Files.createDirectories(source);
        Files.writeString(source.resolve("OneCall.java"), """
                import java.lang.foreign.*;

                public final class OneCall {
                    public static void main(String[] args) throws Throwable {
                        Linker linker = Linker.nativeLinker();
                        var getpid = linker.downcallHandle(
                                linker.defaultLookup().find("getpid").orElseThrow(),
                                FunctionDescriptor.of(ValueLayout.JAVA_INT));
                        System.out.println("called " + (int) getpid.invokeExact());
                    }
                }
                """);
        String java = System.getProperty("java.home") + "/bin/java";
        Program.run(-1, List.of(java + "c", "-d", source.toString(), source + "/OneCall.java"));
        Program.run(
                -1,
                List.of(
                        System.getProperty("java.home") + "/bin/jar",
                        "--create",
                        "--file",
                        source + "/one.jar",
                        "-C",
                        source.toString(),
                        "OneCall.class"));
        List<String> options = List.of(
                "-XX:+UseSerialGC",
                "-Xms8m",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                source + "/one.jar",
                "OneCall");
        List<String> train = new ArrayList<>(List.of(java, "-XX:AOTCacheOutput=" + source + "/cache"));
        train.addAll(options);
        Program.run(-1, train);
        List<String> command = new ArrayList<>(List.of(java, "-XX:AOTCache=" + source + "/cache"));
        command.addAll(options);
        return command;
    }

    private static void memory(Bench bench, SectionReport report) throws Exception {
        Path receiver = bench.file("receiver");
        int port = bench.freePort();
        try (Program r = bench.receiver(receiver, 0, 1);
                Program server = bench.socketbox(port, receiver)) {
            report.atMost(64, "resident memory, idle after the start", "MiB", server.statusKib("VmRSS") / 1024.0);
            int total = bench.quickOr(50_000, 1_000_000);
            Load.run(bench, "::1", port, total, IN_FLIGHT, 0).complete();
            report.atMost(
                    64,
                    "resident memory after " + Spread.show(total) + " connections",
                    "MiB",
                    server.statusKib("VmRSS") / 1024.0);
            report.figure("of that, not mapped from files", "MiB", server.statusKib("RssAnon") / 1024.0);
        }
    }

    private static long sizeOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            long sum = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }
}
