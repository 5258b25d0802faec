package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.socketbox.linux.TestProcesses;
import io.socketbox.testing.Await;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real daemon under the preload library, in a namespace of its own that has no network. Its output is in the file {@code NAME.log} of the
 * scene. {@link #close} kills it, with those of its children that are still its own, if it is still there.
 */
final class DaemonProcess implements AutoCloseable {
    private static final int SIGKILL = 9;
    private static final long END_TIMEOUT_S = 60;

    private final Process process;
    private final Path log;

    private DaemonProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts {@code words} with the bind items, and waits until the socket files in {@code sockets} are there. */
    static DaemonProcess start(Scene scene, String name, String bind, Path socket, List<String> words)
            throws IOException {
        List<String> command = new ArrayList<>(
                List.of("ip", "netns", "exec", scene.anotherNetns().toString()));
        command.addAll(
                List.of(ServerProcess.launcher("run-with-socketbox").toString(), "-b", bind + "=" + socket, "--"));
        command.addAll(words);
        Path log = scene.path(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(log.getParent().toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(log.toFile());
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().put("PYTHONUNBUFFERED", "1");
        DaemonProcess daemon = scene.with(new DaemonProcess(builder.start(), log));
        Await.until(name + " has made " + socket, () -> Files.exists(socket) || !daemon.process.isAlive());
        assertTrue(Files.exists(socket), daemon::log);
        return daemon;
    }

    int pid() {
        return (int) process.pid();
    }

    /** What it has written so far. */
    String log() {
        return read(log);
    }

    static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends {@code signal} and waits for the end. @return the exit status. */
    int end(int signal) throws Exception {
        TestProcesses.kill(pid(), signal);
        return awaitExit();
    }

    /** Waits for the end. @return the exit status. */
    int awaitExit() throws Exception {
        if (!process.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
            fail("does not end: " + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> children = process.descendants().toList();
        if (process.isAlive()) {
            TestProcesses.kill(pid(), SIGKILL);
            process.onExit().join();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
