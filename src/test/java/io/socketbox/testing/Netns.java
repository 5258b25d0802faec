package io.socketbox.testing;

import io.socketbox.linux.TestProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace with a name of its own ({@code skbt-PID-NUMBER}), removed by {@link #close}, when the JVM ends,
 * and, should the JVM be killed, by the next one that makes a namespace (ip-netns(8), network_namespaces(7)).
 *
 * <p>Needs root or a user namespace in which {@code ip netns add} works; see the package description. Code and the
 * processes it starts run inside by {@link #call}: sockets belong for ever to the namespace of the thread that made
 * them.
 */
public final class Netns implements AutoCloseable {
    private static final Path FOLDER = Path.of("/run/netns");
    private static final String PREFIX = "skbt-";
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Set<Netns> OPEN = ConcurrentHashMap.newKeySet();
    private static final long COMMAND_TIMEOUT_S = 20;

    static {
        removeLeftovers();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> List.copyOf(OPEN).forEach(Netns::close)));
    }

    private final String name;

    private Netns(String name) {
        this.name = name;
    }

    /** A new namespace whose loopback device is up. */
    public static Netns create() {
        Netns netns = new Netns(PREFIX + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet());
        run(List.of("ip", "netns", "add", netns.name), "");
        OPEN.add(netns);
        netns.ip("link set lo up");
        // Thousands of short connections from one address: let closed ones be reused at once.
        netns.sysctl("net/ipv4/ip_local_port_range", "10000 65000");
        return netns;
    }

    /** Joins two namespaces by a pair of veth devices that are up. */
    public static void link(Netns a, String deviceA, Netns b, String deviceB) {
        a.ip("link add " + deviceA + " type veth peer name " + deviceB + " netns " + b.name);
        a.ip("link set " + deviceA + " up");
        b.ip("link set " + deviceB + " up");
    }

    /** Makes every address of {@code prefix} (IPv4 or IPv6) local to this namespace, the AnyIP route. */
    public Netns anyIp(String prefix) {
        return ip((prefix.contains(":") ? "-6" : "-4") + " route add local " + prefix + " dev lo");
    }

    /** Gives {@code device} an address, usable at once (no duplicate address detection). */
    public Netns address(String device, String cidr) {
        return ip("addr add " + cidr + " dev " + device + (cidr.contains(":") ? " nodad" : ""));
    }

    /** The index of {@code device}, which has an IPv6 address. */
    public int indexOf(String device) {
        // NetworkInterface looks at the process's first thread, whose namespace is another one.
        return call(() -> {
            try (var lines = Files.lines(Path.of("/proc/thread-self/net/if_inet6"))) {
                String line =
                        lines.filter(l -> l.endsWith(" " + device)).findFirst().orElseThrow();
                return Integer.parseInt(line.split(" +")[1], 16);
            }
        });
    }

    /** Runs {@code ip -n NAMESPACE arguments}, the arguments separated by single spaces. */
    public Netns ip(String arguments) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments.split(" ")));
        run(command, "");
        return this;
    }

    /** Loads an nftables ruleset in this namespace. */
    public Netns nft(String ruleset) {
        call(() -> {
            run(List.of("nft", "-f", "-"), ruleset);
            return null;
        });
        return this;
    }

    /** Sets {@code key}, for example net/unix/max_dgram_qlen, in this namespace. */
    public Netns sysctl(String key, String value) {
        call(() -> Files.writeString(Path.of("/proc/sys", key), value));
        return this;
    }

    /**
     * Runs {@code body} on a thread of its own inside this namespace and waits for it.
     *
     * @throws IllegalStateException with what {@code body} threw as its cause.
     */
    public <T> T call(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(() -> {
            TestProcesses.enterNetwork(FOLDER.resolve(name));
            return body.call();
        });
        Thread.ofPlatform().daemon().name(name).start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("in " + name + ": " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Unlinks the namespace; the kernel removes it with the last process and socket inside. */
    @Override
    public void close() {
        if (OPEN.remove(this)) {
            run(List.of("ip", "netns", "del", name), "");
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private static void removeLeftovers() {
        if (!Files.isDirectory(FOLDER)) {
            return;
        }
        try (var names = Files.list(FOLDER)) {
            for (Path path : names.toList()) {
                String[] parts = path.getFileName().toString().split("-");
                if (path.getFileName().toString().startsWith(PREFIX)
                        && ProcessHandle.of(Long.parseLong(parts[1])).isEmpty()) {
                    run(List.of("ip", "netns", "del", path.getFileName().toString()), "");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(List<String> command, String input) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_TIMEOUT_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output.strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
