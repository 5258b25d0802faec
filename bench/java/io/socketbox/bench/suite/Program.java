package io.socketbox.bench.suite;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that the suite started, and what the kernel says of it. Ended by {@link #close}. */
final class Program implements AutoCloseable {
    private static final long NS_PER_TICK = 10_000_000L;
    /** Where it is in {@code /proc/PID/stat}, counted from behind the name. */
    private static final int CUTIME = 13;

    private final Process process;
    private final BufferedReader output;
    private final List<String> lines = new ArrayList<>();
    private final long startNs;

    private Program(Process process, long startNs) {
        this.process = process;
        this.output = process.inputReader();
        this.startNs = startNs;
    }

    /**
     * Starts it on one processor, or on all.
     *
     * @param processor its number, or -1.
     * @param environment added to ours.
     */
    static Program start(int processor, Map<String, String> environment, List<String> command) throws IOException {
        long startNs = System.nanoTime();
        Process process = builder(processor, environment, command).start();
        process.getOutputStream().close();
        return new Program(process, startNs);
    }

    /** The same with what it prints in a file. */
    static Program start(int processor, Map<String, String> environment, Path output, List<String> command)
            throws IOException {
        ProcessBuilder builder = builder(processor, environment, command);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        long startNs = System.nanoTime();
        return new Program(builder.start(), startNs);
    }

    private static ProcessBuilder builder(int processor, Map<String, String> environment, List<String> command) {
        List<String> pinned = new ArrayList<>();
        if (processor >= 0) {
            pinned.addAll(List.of("taskset", "-c", Integer.toString(processor)));
        }
        pinned.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(pinned).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder;
    }

    /** Reads its output until a line has a word. Returns the nanoseconds since it was started. */
    long awaitLine(String word) throws IOException {
        awaitText(word);
        return System.nanoTime() - startNs;
    }

    /** The same; returns the line. */
    String awaitText(String word) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (line.contains(word)) {
                return line;
            }
        }
        throw new IOException(
                "ended before it said '" + word + "': " + process.info().commandLine() + " " + lines);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Processor time so far of all its threads, user and system. */
    long cpuNs() {
        return ProcessorTime.ofProcess(pid());
    }

    /** Processor time so far of the one thread of that name. */
    long threadCpuNs(String name) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("comm")).strip().equals(name)) {
                    return Long.parseLong(
                            Files.readString(thread.resolve("schedstat")).split(" ")[0]);
                }
            }
        }
        throw new IOException("no thread " + name + " in " + this);
    }

    /** The same with its children that have ended, whose part comes in ticks of 10 ms. */
    long cpuWithChildrenNs() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long childrenTicks = Long.parseLong(fields[CUTIME]) + Long.parseLong(fields[CUTIME + 1]);
        return cpuNs() + childrenTicks * NS_PER_TICK;
    }

    boolean hasChildren() {
        return process.children().findAny().isPresent();
    }

    @Override
    public String toString() {
        return process.info().commandLine().orElse("process " + pid());
    }

    /** A size in {@code /proc/PID/status}, such as VmRSS, in KiB. */
    long statusKib(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + name + " in /proc/" + pid() + "/status");
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    }

    /** Runs a command to its end and returns what it printed. */
    static String run(int processor, List<String> command) throws IOException, InterruptedException {
        try (Program program = start(processor, Map.of(), command)) {
            StringBuilder text = new StringBuilder();
            for (String line = program.output.readLine(); line != null; line = program.output.readLine()) {
                text.append(line).append('\n');
            }
            int status = program.process.waitFor();
            if (status != 0) {
                throw new IOException(command + " ended with " + status + ": " + text);
            }
            return text.toString();
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
