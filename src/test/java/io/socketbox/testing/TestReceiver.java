package io.socketbox.testing;

import io.socketbox.linux.TestSockets;
import io.socketbox.linux.TestSockets.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A daemon as the server sees it: takes connections off a UNIX socket one by one, reads a token, answers with an
 * {@link Answer} and closes. It can be slow, stand still and stop.
 *
 * <p>It owns the socket it is given and every descriptor it receives. Its thread does the work; the other methods may
 * be called from any one thread.
 */
public final class TestReceiver implements AutoCloseable {
    private static final int TOKEN_TIMEOUT_MS = 10_000;

    private final String name;
    private final int socket;
    private final Path path;
    private final int delayMs;
    private final List<Answer> answers = new CopyOnWriteArrayList<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    /** Held while a connection is taken off the socket and served, so that others can stop the receiver in between. */
    private final Semaphore turn = new Semaphore(1, true);

    private final FutureTask<Void> task = new FutureTask<>(this::serve, null);
    private boolean paused;
    private boolean closed;

    private TestReceiver(String name, int socket, Path path, int delayMs) {
        this.name = name;
        this.socket = socket;
        this.path = path;
        this.delayMs = delayMs;
    }

    /** A receiver that answers as fast as it can, on a datagram socket at {@code path}, made inside {@code netns}. */
    public static TestReceiver fast(Netns netns, String name, Path path) {
        return slow(netns, name, path, 0);
    }

    /** The same, taking {@code delayMs} for every connection. */
    public static TestReceiver slow(Netns netns, String name, Path path, int delayMs) {
        return netns.call(() -> bind(name, path, delayMs)).begin();
    }

    /** A receiver that has bound its socket and takes nothing from it until {@link #resume}. */
    public static TestReceiver stuck(Netns netns, String name, Path path) {
        TestReceiver receiver = netns.call(() -> bind(name, path, 0));
        receiver.pause();
        return receiver.begin();
    }

    /** Binds in the calling thread's namespace; {@link #begin} starts it. */
    static TestReceiver bind(String name, Path path, int delayMs) throws IOException {
        return new TestReceiver(name, TestSockets.bindUnix(TestSockets.SOCK_DGRAM, path), path, delayMs);
    }

    /** A {@link #fast} receiver on an abstract datagram socket of {@code netns}. */
    public static TestReceiver onAbstract(Netns netns, String name, String abstractName) {
        return on(name, netns.call(() -> TestSockets.bindAbstract(TestSockets.SOCK_DGRAM, abstractName)));
    }

    /** A receiver on {@code socket}, one end of a socketpair of any type or a connected seqpacket socket. */
    public static TestReceiver on(String name, int socket) {
        return onSlow(name, socket, 0);
    }

    /** The same, taking {@code delayMs} for every connection. */
    public static TestReceiver onSlow(String name, int socket, int delayMs) {
        return new TestReceiver(name, socket, null, delayMs).begin();
    }

    TestReceiver begin() {
        Thread.ofPlatform().daemon().name("receiver-" + name).start(task);
        return this;
    }

    /** What it has answered so far, in order. */
    public List<Answer> answers() {
        return answers;
    }

    /** What went wrong on its side, for example a connection on which no token came. */
    public List<String> troubles() {
        return troubles;
    }

    /** Whether the sender has closed its end of the socket, or the receiver was stopped. */
    public boolean hasEnded() {
        return task.isDone();
    }

    /** Takes no more connections until {@link #resume}; one that is under way is served first. */
    public void pause() {
        turn.acquireUninterruptibly();
        paused = true;
    }

    public void resume() {
        paused = false;
        turn.release();
    }

    /**
     * Ends the loss-free way: removes the path, lets no sender add to the queue, serves all that is in it, closes.
     * Returns when that is done. Also the way to end a receiver whose path belongs to another one by now:
     * {@link #retire}.
     */
    public void stop() {
        try {
            if (path != null) {
                Files.deleteIfExists(path);
            }
            retire();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@link #stop} without removing the path. */
    public void retire() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            TestSockets.shutdown(socket, TestSockets.SHUT_RD);
            task.get(60, TimeUnit.SECONDS);
            TestSockets.close(socket);
        } catch (Exception e) {
            throw new IllegalStateException("receiver " + name, e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            if (paused) {
                resume();
            }
            stop();
        }
    }

    private void serve() {
        try {
            boolean open = true;
            while (open) {
                open = serveNext();
            }
        } catch (IOException | InterruptedException e) {
            troubles.add(e.toString());
        }
    }

    /** Waits for a connection and serves it. @return false at the end of the socket. */
    private boolean serveNext() throws IOException, InterruptedException {
        TestSockets.awaitReadable(socket, -1);
        turn.acquire();
        try {
            Message message = TestSockets.receive(socket);
            if (message.fd() < 0) {
                if (message.length() > 0) {
                    troubles.add("a message of " + message.length() + " bytes without a descriptor");
                }
                return message.length() > 0;
            }
            answer(message.fd());
            if (delayMs > 0) {
                Thread.sleep(delayMs);
            }
            return true;
        } finally {
            turn.release();
        }
    }

    private void answer(int fd) throws IOException {
        try {
            boolean blocking = TestSockets.isBlocking(fd);
            var peer = TestSockets.peer(fd);
            var local = TestSockets.local(fd);
            Answer answer = Answer.of(name, token(fd), peer, local, blocking);
            answers.add(answer);
            TestSockets.write(fd, answer.line().getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            troubles.add(e.toString());
        } finally {
            TestSockets.close(fd);
        }
    }

    private static String token(int fd) throws IOException {
        StringBuilder token = new StringBuilder();
        while (true) {
            if (!TestSockets.awaitReadable(fd, TOKEN_TIMEOUT_MS)) {
                throw new IOException("no token, only '" + token + "'");
            }
            byte[] bytes = TestSockets.read(fd, 64);
            token.append(new String(bytes, StandardCharsets.ISO_8859_1));
            if (bytes.length == 0) {
                throw new IOException("end of file after '" + token + "'");
            }
            if (token.charAt(token.length() - 1) == '\n') {
                return token.substring(0, token.length() - 1);
            }
        }
    }
}
