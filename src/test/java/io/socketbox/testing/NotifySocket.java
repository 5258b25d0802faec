package io.socketbox.testing;

import io.socketbox.linux.RightsMessage;
import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What systemd is to a service, as far as sd_notify(3) goes: a datagram socket that takes states and keeps descriptors.
 * For one thread.
 */
public final class NotifySocket implements AutoCloseable {
    private static final int TIMEOUT_MS = 60_000;

    private final Path path;
    private final int fd;
    private final List<String> states = new ArrayList<>();
    private final Map<String, Integer> store = new LinkedHashMap<>();

    /** Binds at {@code path}. */
    public NotifySocket(Path path) throws IOException {
        this.path = path;
        this.fd = TestSockets.bindUnix(TestSockets.SOCK_DGRAM, path);
    }

    /** The command that gives this socket to the program that follows it, and {@code more} variables. */
    public List<String> wrapper(String... more) {
        List<String> command = new ArrayList<>(List.of("env", "NOTIFY_SOCKET=" + path));
        command.addAll(List.of(more));
        return command;
    }

    /** The same that gives it all of the {@link #store} too, which the caller has to have inherited as 3, 4, …. */
    public List<String> restartWrapper() {
        List<String> command = new ArrayList<>(wrapper());
        command.addAll(listenWrapper(String.join(":", store.keySet()), store.size()));
        return command;
    }

    /** A command that tells the program that follows it of {@code count} descriptors (sd_listen_fds(3)). */
    public static List<String> listenWrapper(String names, int count) {
        return List.of(
                "sh",
                "-c",
                "LISTEN_PID=$$ LISTEN_FDS=" + count + " LISTEN_FDNAMES='" + names
                        + "'; export LISTEN_PID LISTEN_FDS LISTEN_FDNAMES; exec \"$@\"",
                "sh");
    }

    /** Waits for a message with that line, and returns the whole of it. */
    public String await(String line) throws IOException {
        while (true) {
            if (!TestSockets.awaitReadable(fd, TIMEOUT_MS)) {
                throw new AssertionError("no " + line + " among " + states);
            }
            String state = next();
            if (List.of(state.split("\n")).contains(line)) {
                return state;
            }
        }
    }

    /** Takes what is there by now. */
    public void drain() throws IOException {
        while (TestSockets.awaitReadable(fd, 0)) {
            next();
        }
    }

    private String next() throws IOException {
        RightsMessage message = RightsMessage.receive(fd, 4096);
        String state = new String(message.payload(), StandardCharsets.UTF_8);
        states.add(state);
        String name = state.substring(state.indexOf("FDNAME=") + "FDNAME=".length());
        if (state.startsWith("FDSTORE=1\n")) {
            Integer before = store.put(name, message.descriptors().getFirst());
            if (before != null) {
                TestSockets.close(before);
            }
        } else if (state.startsWith("FDSTOREREMOVE=1\n")) {
            TestSockets.close(store.remove(name));
        }
        return state;
    }

    /** Everything that was said. */
    public List<String> states() {
        return states;
    }

    /** The descriptors that are kept, by name; owned here. */
    public Map<String, Integer> store() {
        return store;
    }

    @Override
    public void close() throws IOException {
        for (int kept : store.values()) {
            TestSockets.close(kept);
        }
        TestSockets.close(fd);
    }
}
