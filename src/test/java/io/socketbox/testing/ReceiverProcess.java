package io.socketbox.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link TestReceiver} in a process of its own, so that it can be killed.
 *
 * <p>{@link #killWithNothingInHand} kills it between two connections: all that can be lost is then what waits in its
 * socket's queue.
 */
public final class ReceiverProcess implements AutoCloseable {
    private static final String READY = "ready";
    private static final String HOLD = "hold";
    private static final String HELD = "held";

    private final Process process;
    private final BufferedReader out;

    private ReceiverProcess(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.ISO_8859_1);
    }

    /** Starts a receiver inside {@code netns} and waits until it is bound to {@code path}. */
    public static ReceiverProcess start(Netns netns, String name, Path path, int delayMs) {
        return launch(netns, List.of(name, path.toString(), Integer.toString(delayMs)));
    }

    /** Starts one that joins a group at the register socket at {@code path}, and waits until it has. */
    public static ReceiverProcess register(Netns netns, String name, Path path, int delayMs, int group) {
        return launch(netns, List.of(name, path.toString(), Integer.toString(delayMs), Integer.toString(group)));
    }

    private static ReceiverProcess launch(Netns netns, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ReceiverProcess.class.getName()));
        command.addAll(arguments);
        ReceiverProcess receiver = new ReceiverProcess(netns.call(() -> new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()));
        receiver.expect(READY);
        return receiver;
    }

    /** Lets it finish the connection it serves, take no other, and kills it with SIGKILL. */
    public void killWithNothingInHand() {
        try {
            process.outputWriter(StandardCharsets.ISO_8859_1)
                    .append(HOLD + "\n")
                    .flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        expect(HELD);
        close();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private void expect(String word) {
        try {
            String line = out.readLine();
            if (!word.equals(line)) {
                throw new IllegalStateException("receiver process said " + line + " instead of " + word);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process's own program: NAME PATH DELAY_MS, and GROUP to register. Ends with its standard input. */
    public static void main(String[] args) throws IOException {
        Path path = Path.of(args[1]);
        int delayMs = Integer.parseInt(args[2]);
        try (TestReceiver receiver = args.length == 3
                ? TestReceiver.bind(args[0], path, delayMs).begin()
                : TestReceiver.onSlow(args[0], Registering.connect(path, Integer.parseInt(args[3])), delayMs)) {
            System.out.println(READY);
            for (int c = System.in.read(); c >= 0; c = System.in.read()) {
                if (c == '\n') {
                    receiver.pause();
                    System.out.println(HELD);
                }
            }
        }
    }
}
