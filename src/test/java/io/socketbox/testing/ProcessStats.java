package io.socketbox.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What proc(5) knows about a running process, read anew by every method. Thread-safe. */
public final class ProcessStats {
    private final Path proc;

    ProcessStats(int pid) {
        this.proc = Path.of("/proc", Integer.toString(pid));
    }

    /** Open descriptors: what each of them refers to. */
    public List<String> descriptors() {
        List<String> targets = new ArrayList<>();
        try (var links = Files.list(proc.resolve("fd"))) {
            for (Path link : links.toList()) {
                try {
                    targets.add(Files.readSymbolicLink(link).toString());
                } catch (NoSuchFileException e) {
                    continue; // closed in the meantime
                }
            }
            return targets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many of the open descriptors are sockets. */
    public int sockets() {
        return (int) descriptors().stream().filter(t -> t.startsWith("socket:")).count();
    }

    /** Memory that is its own, heap and all, and resident now. */
    public long anonymousBytes() {
        return read(proc.resolve("status"))
                .lines()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    /** CPU time in user and kernel mode so far, in clock ticks of 10 ms. */
    public long cpuTicks() {
        String stat = read(proc.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /**
     * How often its threads have gone to sleep so far: a thread that polls or spins cannot hide from this or the ticks.
     */
    public long contextSwitches() {
        try (var tasks = Files.list(proc.resolve("task"))) {
            return tasks.mapToLong(ProcessStats::contextSwitches).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long contextSwitches(Path task) {
        try (var lines = Files.lines(task.resolve("status"))) {
            return lines.filter(line -> line.contains("ctxt_switches"))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                    .sum();
        } catch (IOException e) {
            return 0; // the thread has ended in the meantime
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
