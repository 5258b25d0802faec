package io.socketbox.server;

import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.Sysctl;
import io.socketbox.observe.ServerFacts;
import io.socketbox.program.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What there is to say of this server beside its statistics. Any thread. */
final class Facts implements Supplier<ServerFacts> {
    private static final long NS_PER_MS = 1_000_000;

    private final long startedMs = System.currentTimeMillis();
    private final long startedNs = System.nanoTime();
    private final Map<String, List<Integer>> listeners = new LinkedHashMap<>();
    private final long backlog;
    private final int workers;
    private final Supplier<ServerFacts.Configuration> configuration;
    private final Supplier<List<ServerFacts.Limit>> limits;

    /**
     * Serving begins.
     *
     * @param sockets listening already; the dispatchers own them, and may close them at any time.
     * @param backlog of each.
     * @param limits what they do; asked by any thread.
     */
    Facts(
            ListenSockets sockets,
            int backlog,
            int workers,
            Supplier<ServerFacts.Configuration> configuration,
            Supplier<List<ServerFacts.Limit>> limits) {
        this.backlog = Math.min(backlog, Sysctl.number("net/core/somaxconn", Long.MAX_VALUE));
        this.workers = workers;
        this.configuration = configuration;
        this.limits = limits;
        Arrays.stream(sockets.byWorker())
                .flatMapToInt(Arrays::stream)
                .distinct()
                .forEach(fd -> listeners
                        .computeIfAbsent(Sockets.localAddress(fd).toString(), address -> new ArrayList<>())
                        .add(fd));
    }

    @Override
    public ServerFacts get() {
        List<ServerFacts.Listener> now = new ArrayList<>();
        listeners.forEach((address, fds) -> {
            long waiting = 0;
            int open = 0;
            for (int fd : fds) {
                int length = backlogLength(fd, address);
                waiting += Math.max(0, length);
                open += length >= 0 ? 1 : 0;
            }
            if (open > 0) {
                now.add(new ServerFacts.Listener(address, waiting, open * backlog));
            }
        });
        return new ServerFacts(
                Version.current(),
                startedMs,
                (System.nanoTime() - startedNs) / NS_PER_MS,
                workers,
                configuration.get(),
                now,
                limits.get());
    }

    /** -1 when the descriptor is not that listening socket any more: its dispatcher is ending. */
    private static int backlogLength(int fd, String address) {
        try {
            return Sockets.localAddress(fd).toString().equals(address) ? Sockets.backlogLength(fd) : -1;
        } catch (LinuxException closed) {
            return -1;
        }
    }
}
