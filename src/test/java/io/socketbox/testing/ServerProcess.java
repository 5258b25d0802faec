package io.socketbox.testing;

import io.socketbox.linux.TestProcesses;
import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A socketbox that runs as a process of its own, from the launcher in {@code target/dist/bin}.
 *
 * <p>Its standard output and error are kept as lines. {@link #close} kills it if it is still there. Thread-safe.
 */
public final class ServerProcess implements AutoCloseable {
    public static final int SIGINT = 2;
    public static final int SIGTERM = 15;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;

    private static final long START_TIMEOUT_S = 300;
    private static final int SIGKILL = 9;
    private static final Pattern READY = Pattern.compile("\\blisten(s|ing)\\b.*");
    private static final Pattern PORT = Pattern.compile("\\]:(\\d+)");

    private final int pid;
    private final int outputFd;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    private ServerProcess(int pid, int outputFd) {
        this.pid = pid;
        this.outputFd = outputFd;
    }

    /** The launcher of {@code program}. */
    public static Path launcher(String program) {
        return Path.of(System.getProperty("socketbox.dist", "target/dist"), "bin", program)
                .toAbsolutePath();
    }

    /** Starts socketbox inside {@code netns} and waits until it says that it is ready. */
    public static ServerProcess start(Netns netns, List<String> arguments) {
        return start(netns, arguments, List.of(), List.of());
    }

    /**
     * The same with more around it.
     *
     * @param inherited descriptors of this JVM that become the server's 3, 4, …; the caller keeps its own.
     * @param wrapper a command that execs what follows it, for example prlimit(1); may be empty.
     */
    public static ServerProcess start(
            Netns netns, List<String> arguments, List<Integer> inherited, List<String> wrapper) {
        ServerProcess server = launch(netns, arguments, inherited, wrapper);
        try {
            server.awaitReady();
            return server;
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    /** Starts socketbox and waits for nothing. */
    public static ServerProcess launch(
            Netns netns, List<String> arguments, List<Integer> inherited, List<String> wrapper) {
        return launch(netns, "socketbox", arguments, inherited, wrapper);
    }

    /** Starts another of the programs and waits for nothing. */
    public static ServerProcess launch(
            Netns netns, String program, List<String> arguments, List<Integer> inherited, List<String> wrapper) {
        List<String> command = new ArrayList<>(wrapper);
        command.add(launcher(program).toString());
        command.addAll(arguments);
        return netns.call(() -> {
            int[] pipe = TestProcesses.pipe();
            try {
                int pid = TestProcesses.spawn(command, System.getenv(), pipe[1], inherited);
                ServerProcess server = new ServerProcess(pid, pipe[0]);
                Thread.ofPlatform().daemon().name("output-" + pid).start(server::readOutput);
                Thread.ofPlatform().daemon().name("reaper-" + pid).start(server::reap);
                return server;
            } finally {
                TestSockets.close(pipe[1]);
            }
        });
    }

    public int pid() {
        return pid;
    }

    /** What it has written so far. */
    public List<String> lines() {
        lock.lock();
        try {
            return List.copyOf(lines);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the line that says on which addresses it listens. */
    public String awaitReady() {
        return awaitLine(line -> READY.matcher(line).find());
    }

    /** The ports in the ready line, in order. */
    public List<Integer> ports() {
        Matcher ports = PORT.matcher(awaitReady());
        List<Integer> found = new ArrayList<>();
        while (ports.find()) {
            found.add(Integer.parseInt(ports.group(1)));
        }
        return found;
    }

    /** Waits for the first line that {@code wanted} accepts; fails when the output ends without one. */
    public String awaitLine(Predicate<String> wanted) {
        long leftNs = TimeUnit.SECONDS.toNanos(START_TIMEOUT_S);
        lock.lock();
        try {
            int next = 0;
            while (true) {
                for (; next < lines.size(); next++) {
                    if (wanted.test(lines.get(next))) {
                        return lines.get(next);
                    }
                }
                if (ended || leftNs <= 0) {
                    throw new AssertionError((ended ? "ended" : "silent") + " without the line: " + lines);
                }
                leftNs = changed.awaitNanos(leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }

    public void signal(int signal) {
        try {
            TestProcesses.kill(pid, signal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return !exit.isDone();
    }

    /** Waits for its end. @return the exit code, or 128 + the signal that ended it. */
    public int awaitExit() {
        try {
            return exit.orTimeout(60, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new AssertionError("still running: " + lines(), e);
            }
            throw e;
        }
    }

    /** SIGTERM and {@link #awaitExit}. */
    public int terminate() {
        signal(SIGTERM);
        return awaitExit();
    }

    /** What /proc says about it. */
    public ProcessStats stats() {
        return new ProcessStats(pid);
    }

    @Override
    public void close() {
        if (isAlive()) {
            signal(SIGKILL);
            awaitExit();
        }
    }

    private void reap() {
        try {
            exit.complete(TestProcesses.await(pid));
        } catch (IOException e) {
            exit.completeExceptionally(e);
        }
    }

    private void readOutput() {
        StringBuilder text = new StringBuilder();
        try {
            byte[] bytes = TestSockets.read(outputFd, 4096);
            while (bytes.length > 0) {
                text.append(new String(bytes, StandardCharsets.ISO_8859_1));
                for (int end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
                    add(text.substring(0, end));
                    text.delete(0, end + 1);
                }
                bytes = TestSockets.read(outputFd, 4096);
            }
            TestSockets.close(outputFd);
        } catch (IOException e) {
            text.append(e);
        }
        lock.lock();
        ended = true;
        lock.unlock();
        add(text.toString());
    }

    private void add(String line) {
        lock.lock();
        try {
            lines.add(line);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
