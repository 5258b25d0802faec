package io.socketbox.server.control;

import io.socketbox.dispatch.Mailbox;
import io.socketbox.linux.Credentials;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.PeerCredentials;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.program.SetupException;
import io.socketbox.program.Version;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * Answers requests on the control socket. One thread accepts; each request has a thread of its own, a few at a time, so
 * that one that takes long holds up no other. Nobody but the server's own user and root is answered, and a client that is slow to
 * ask or to read is dropped.
 */
public final class ControlServer {
    static final byte[] OK = "ok\n".getBytes(StandardCharsets.US_ASCII);

    private static final int MAX_REQUESTS = 8;
    private static final int MAX_LINE = 1024;
    private static final long ASK_TIMEOUT_NS = 2_000_000_000L;
    private static final long SEND_TIMEOUT_MS = 5_000;
    private static final long LISTENER = 1;
    private static final long WAKE = 2;

    private final ControlSocket socket;
    private final EventLog log;
    private final Mailbox mailbox = new Mailbox();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Map<String, ControlVerb> verbs;
    // Only the accepting thread uses what follows.
    private HotCalls calls;
    private int epollFd;
    private int requests;
    private boolean stopping;

    /**
     * Does not answer yet.
     *
     * @param socket stays the caller's.
     * @param log for requests that end in an error of our own.
     */
    public ControlServer(ControlSocket socket, EventLog log) {
        this.socket = socket;
        this.log = log;
    }

    /**
     * Begins to answer.
     *
     * @param known what can be asked for, by its word.
     */
    public void start(Map<String, ControlVerb> known) {
        verbs = new TreeMap<>(known);
        Thread.ofPlatform().daemon().name("control").start(this::run);
    }

    /** Accepts no more; requests that are being answered go on. */
    public void stop() {
        mailbox.post(() -> stopping = true);
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        calls = new HotCalls(2);
        try {
            epollFd = calls.epollCreate();
            calls.epollAdd(epollFd, mailbox.eventFd(), Epoll.IN, WAKE);
            calls.epollAdd(epollFd, socket.fd(), Epoll.IN, LISTENER);
            while (!stopping) {
                turn();
            }
        } finally {
            // Explicitly: the listening socket may live on in a successor, and would be reported here for ever.
            calls.epollDelete(epollFd, socket.fd());
            calls.close(epollFd);
            mailbox.close();
            calls.close();
            stopped.countDown();
        }
    }

    private void turn() {
        int events = calls.epollWait(epollFd, -1);
        for (int i = 0; i < events; i++) {
            if (calls.eventData(i) == WAKE) {
                mailbox.run(calls);
            } else if (requests < MAX_REQUESTS) {
                accept();
            }
        }
    }

    private void accept() {
        int fd = calls.accept4(socket.fd());
        if (fd < 0) {
            return;
        }
        if (++requests == MAX_REQUESTS) {
            calls.epollDelete(epollFd, socket.fd());
        }
        Thread.ofPlatform().daemon().name("control-request").start(() -> {
            try (ControlConnection connection = new ControlConnection(fd)) {
                serve(connection);
            } finally {
                mailbox.post(this::requestEnded);
            }
        });
    }

    private void requestEnded() {
        if (requests-- == MAX_REQUESTS) {
            calls.epollAdd(epollFd, socket.fd(), Epoll.IN, LISTENER);
        }
    }

    private void serve(ControlConnection connection) {
        try {
            Sockets.setSendTimeout(connection.fd(), SEND_TIMEOUT_MS);
            String answer = answer(connection);
            if (answer != null) {
                send(connection.fd(), answer.getBytes(StandardCharsets.UTF_8));
            }
        } catch (LinuxException clientWentAway) {
            // Nobody is there to be told, and the log is not for what a client does to itself.
        } catch (RuntimeException e) {
            log.write("control socket: internal error: " + e);
        }
    }

    /** What to send, or null when the verb has done so. */
    private String answer(ControlConnection connection) {
        int fd = connection.fd();
        PeerCredentials peer = Sockets.peerCredentials(fd);
        if (peer.uid() != 0 && peer.uid() != Credentials.effectiveUid()) {
            return "error: only the server's own user and root may ask\n";
        }
        String line = readLine(fd);
        if (line == null) {
            return "error: no request: write one line of at most " + MAX_LINE + " bytes within "
                    + ASK_TIMEOUT_NS / 1_000_000_000L + " s\n";
        }
        List<String> words = List.of(line.strip().split(" +"));
        ControlVerb verb = verbs.get(words.getFirst());
        if (verb == null) {
            return "error: this server (version " + Version.current() + ") answers " + String.join(", ", verbs.keySet())
                    + "\n";
        }
        try {
            String text = verb.answer(new ControlRequest(words.subList(1, words.size()), peer, connection));
            return text == null ? null : "ok\n" + text;
        } catch (SetupException e) {
            return "error: " + e.getMessage() + "\n";
        }
    }

    /** The first line that comes, or null when none does in time, or none so short. */
    private static String readLine(int fd) {
        long endNs = System.nanoTime() + ASK_TIMEOUT_NS;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (line.size() <= MAX_LINE) {
            long leftMs = (endNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return null;
            }
            byte[] bytes = receive(fd, leftMs);
            line.writeBytes(bytes);
            String text = line.toString(StandardCharsets.ISO_8859_1);
            int end = text.indexOf('\n');
            if (end >= 0 && end <= MAX_LINE) {
                return text.substring(0, end);
            }
            if (bytes.length == 0) {
                return null;
            }
        }
        return null;
    }

    /** What comes within that time, or nothing. */
    private static byte[] receive(int fd, long timeoutMs) {
        try {
            Sockets.setReceiveTimeout(fd, timeoutMs);
            return Sockets.receive(fd, MAX_LINE);
        } catch (LinuxException e) {
            if (e.errno() == Errno.EAGAIN) {
                return new byte[0];
            }
            throw e;
        }
    }

    private static void send(int fd, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            done += Sockets.send(fd, Arrays.copyOfRange(bytes, done, bytes.length));
        }
    }
}
