package io.socketbox.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What proc(5) knows about a running process, read anew by every method. Thread-safe. */
public final class ProcessStats {
    /** Fields of /proc/net/tcp, and a state there (proc_net_tcp.txt of the kernel's documentation). */
    private static final int TCP_STATE = 3;

    private static final int TCP_QUEUES = 4;
    private static final int TCP_INODE = 9;
    private static final String LISTEN = "0A";

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

    /** How many TCP sockets it listens on. */
    public int listening() {
        return tcpSockets(LISTEN::equals);
    }

    /** How many TCP connections it has, accepted and its own; not those that wait in a backlog. */
    public int connections() {
        return tcpSockets(state -> !state.equals(LISTEN));
    }

    /** How many {@link #descriptors} a server has as soon as its start is over and it has no TCP connection. */
    public int descriptorsAtRest() {
        Await.until("its archives are open", () -> archives() == 2);
        Await.until("no connection is left", () -> connections() == 0);
        return descriptors().size();
    }

    /** How many archives of classes a server has open of the two that it opens at the end of its start. */
    public int archives() {
        return (int) descriptors().stream()
                .filter(target -> target.matches(".*/(socketbox|agrona)\\.jar"))
                .count();
    }

    /** How many bytes its TCP connections have received that it has not read. */
    public long unreadBytes() {
        return tcp(state -> !state.equals(LISTEN))
                .mapToLong(fields -> Long.parseLong(fields[TCP_QUEUES].split(":")[1], 16))
                .sum();
    }

    private int tcpSockets(Predicate<String> state) {
        return (int) tcp(state).count();
    }

    private Stream<String[]> tcp(Predicate<String> state) {
        List<String> open = descriptors();
        return Stream.of("tcp", "tcp6")
                .flatMap(table -> read(proc.resolve("net").resolve(table)).lines())
                .map(line -> line.strip().split(" +"))
                .filter(fields -> state.test(fields[TCP_STATE]))
                .filter(fields -> open.contains("socket:[" + fields[TCP_INODE] + "]"));
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
        return contextSwitches(status -> true);
    }

    /** The same of its threads of that name. */
    public long contextSwitches(String thread) {
        return contextSwitches(status -> status.startsWith("Name:\t" + thread + "\n"));
    }

    private long contextSwitches(Predicate<String> counts) {
        try (var tasks = Files.list(proc.resolve("task"))) {
            return tasks.map(ProcessStats::status)
                    .filter(counts)
                    .flatMap(String::lines)
                    .filter(line -> line.contains("ctxt_switches"))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String status(Path task) {
        try {
            return Files.readString(task.resolve("status"));
        } catch (IOException e) {
            return ""; // the thread has ended in the meantime
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
