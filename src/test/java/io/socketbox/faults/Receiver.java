package io.socketbox.faults;

import io.socketbox.linux.Processes;
import io.socketbox.testing.Scene;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A daemon that answers connections, src/test/faults/receiver.c. */
final class Receiver implements AutoCloseable {
    private static final int SIGUSR1 = 10;
    private static final int SIGTERM = 15;

    private final Process process;
    private final BufferedReader out;

    private Receiver(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.ISO_8859_1);
    }

    /** One that has bound its socket at the path, or as the last argument says has joined a group there. */
    static Receiver start(Scene scene, String name, Path path, String... group) {
        List<String> command = new ArrayList<>(
                List.of("prlimit", "--nofile=20000", Tools.program("receiver").toString(), name, path.toString()));
        command.addAll(Arrays.asList(group));
        Receiver receiver = scene.with(new Receiver(Tools.start(scene.netns(), command)));
        receiver.expect("ready");
        return receiver;
    }

    /** Lets it answer what it has taken and kills it then: what is lost is in the queue of its socket. */
    void kill() {
        signal(SIGUSR1);
        expect("held");
        close();
    }

    /** Ends it without a loss, once another one has its path. */
    void retire() {
        signal(SIGTERM);
        process.onExit().join();
    }

    void signal(int signal) {
        Processes.kill((int) process.pid(), signal);
    }

    private void expect(String word) {
        try {
            String line = out.readLine();
            if (!word.equals(line)) {
                throw new AssertionError("a receiver said " + line + " instead of " + word);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
