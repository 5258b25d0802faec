package io.socketbox.server;

import io.socketbox.linux.ReadableClassPath;
import io.socketbox.linux.TestProcesses;
import io.socketbox.linux.TestSockets;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.AgentRunner;
import picocli.CommandLine;

/**
 * A socketbox in a process of its own, from the classes that were just compiled rather than from the dist image. What it
 * writes to standard output and error is kept. {@link #close} kills it if it is still there.
 */
final class ServerRun implements AutoCloseable {
    static final int SIGHUP = 1;
    static final int SIGINT = 2;
    static final int SIGTERM = 15;

    private static final int SIGKILL = 9;
    private static final long TIMEOUT_S = 60;
    private static final Pattern PORT = Pattern.compile("listening on .*?:([0-9]+)[,;]");

    private final int pid;
    private final StringBuffer output = new StringBuffer();
    private final CompletableFuture<Integer> exit;
    private final CompletableFuture<Void> outputEnd;

    private ServerRun(int pid, int outputFd) {
        this.pid = pid;
        this.outputEnd = CompletableFuture.runAsync(() -> readOutput(outputFd), ServerRun::onThread);
        this.exit = CompletableFuture.supplyAsync(() -> reap(pid), ServerRun::onThread);
    }

    private static void onThread(Runnable task) {
        Thread.ofPlatform().daemon().start(task);
    }

    /** Starts socketbox with these arguments. */
    static ServerRun of(String... arguments) throws IOException {
        return new Start().run(arguments);
    }

    /** What is around a run. */
    static final class Start {
        private final List<String> wrapper = new ArrayList<>();
        private final List<Integer> inherited = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>(System.getenv());
        private String mainClass = Main.class.getName();

        Start() {
            environment.put("_JAVA_SR_SIGNUM", "60");
        }

        /** A command that executes what follows it. */
        Start wrapper(String... command) {
            wrapper.addAll(List.of(command));
            return this;
        }

        /** Descriptors of the test that become 3, 4, … of the process. */
        Start inherit(Integer... fds) {
            inherited.addAll(List.of(fds));
            return this;
        }

        Start environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Another program than the server, with the same options of the virtual machine. */
        Start mainClass(Class<?> main) {
            mainClass = main.getName();
            return this;
        }

        ServerRun run(String... arguments) throws IOException {
            List<String> command = new ArrayList<>(wrapper);
            command.addAll(List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-XX:-MaxFDLimit",
                    "--enable-native-access=ALL-UNNAMED",
                    "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                    "-cp",
                    classPath(),
                    mainClass));
            command.addAll(List.of(arguments));
            int[] pipe = TestProcesses.pipe();
            try {
                return new ServerRun(TestProcesses.spawn(command, environment, pipe[1], inherited), pipe[0]);
            } finally {
                TestSockets.close(pipe[1]);
            }
        }
    }

    private static String classPath() {
        List<String> entries = new ArrayList<>();
        for (Class<?> one :
                List.of(Main.class, ServerRun.class, AgentRunner.class, CommandLine.class, Histogram.class)) {
            try {
                entries.add(Path.of(one.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString());
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
        return ReadableClassPath.of(String.join(File.pathSeparator, entries));
    }

    int pid() {
        return pid;
    }

    /** Everything written so far. */
    String output() {
        return output.toString();
    }

    /** Waits until the output contains {@code text}. */
    String awaitOutput(String text) {
        await(() -> output().contains(text) || exit.isDone(), () -> "no '" + text + "'");
        outputEndedIf(exit.isDone());
        if (!output().contains(text)) {
            throw new AssertionError("ended without '" + text + "': " + output());
        }
        return output();
    }

    /** Waits until it is ready. @return the port that it listens on, the first if several. */
    int awaitPort() {
        Matcher port = PORT.matcher(awaitOutput("; "));
        if (!port.find()) {
            throw new AssertionError("no port in " + output());
        }
        return Integer.parseInt(port.group(1));
    }

    void signal(int signal) throws IOException {
        TestProcesses.kill(pid, signal);
    }

    /** Sends a signal again and again until the process has ended. */
    void signalUntilEnd(int signal) {
        await(
                () -> {
                    try {
                        signal(signal);
                    } catch (IOException ended) {
                        return true;
                    }
                    return exit.isDone();
                },
                this::output);
    }

    /** Waits for its end. @return the exit code, or 128 plus the signal that ended it. */
    int awaitExit() {
        try {
            int code = exit.get(TIMEOUT_S, TimeUnit.SECONDS);
            outputEndedIf(true);
            return code;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("still running: " + output(), e);
        }
    }

    /** A daemon may keep the pipe open, so this does not insist. */
    private void outputEndedIf(boolean ended) {
        if (ended) {
            outputEnd.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
        }
    }

    /** Waits until a condition holds. */
    static void await(Supplier<Boolean> condition, Supplier<String> complaint) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        while (!condition.get()) {
            if (System.nanoTime() > endNs) {
                throw new AssertionError("timed out: " + complaint.get());
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (!exit.isDone()) {
            signal(SIGKILL);
            awaitExit();
        }
    }

    private static int reap(int pid) {
        try {
            return TestProcesses.await(pid);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void readOutput(int fd) {
        try {
            for (byte[] bytes = TestSockets.read(fd, 4096); bytes.length > 0; bytes = TestSockets.read(fd, 4096)) {
                output.append(new String(bytes, StandardCharsets.ISO_8859_1));
            }
            TestSockets.close(fd);
        } catch (IOException e) {
            output.append(e);
        }
    }
}
