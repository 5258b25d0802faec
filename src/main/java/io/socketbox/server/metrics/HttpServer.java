package io.socketbox.server.metrics;

import io.socketbox.dispatch.Mailbox;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Serves {@link Pages} on one thread: a request for each connection, a few connections at once, each with a deadline. The
 * oldest makes room for a new one, so that clients that only hold connections cannot keep others out.
 */
public final class HttpServer {
    private static final int MAX_CLIENTS = 32;
    private static final int MAX_EVENTS = 16;
    private static final long DEADLINE_NS = 10_000_000_000L;
    private static final long PAUSE_NS = 1_000_000_000L;
    private static final int TICK_MS = 1_000;
    private static final long WAKE = -1;

    private final MetricsSockets sockets;
    private final Pages pages;
    private final EventLog log;
    private final Mailbox mailbox = new Mailbox();
    private final CountDownLatch stopped = new CountDownLatch(1);
    // Only the server's thread uses what follows.
    private final Map<Integer, HttpClient> clients = new HashMap<>();
    private final Deque<HttpClient> oldestFirst = new ArrayDeque<>();
    private HotCalls calls;
    private int epollFd;
    private boolean paused;
    private long pausedUntilNs;
    private boolean stopping;

    private HttpServer(MetricsSockets sockets, Pages pages, EventLog log) {
        this.sockets = sockets;
        this.pages = pages;
        this.log = log;
    }

    /**
     * Begins to serve.
     *
     * @param sockets stay the caller's.
     * @param pages what there is.
     * @param log for requests, at debug, and for errors of our own.
     */
    public static HttpServer start(MetricsSockets sockets, Pages pages, EventLog log) {
        HttpServer server = new HttpServer(sockets, pages, log);
        Thread.ofPlatform().daemon().name("metrics").start(server::run);
        return server;
    }

    /** Closes all connections and ends the thread. */
    public void stop() {
        mailbox.post(() -> stopping = true);
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        calls = new HotCalls(MAX_EVENTS);
        List<Integer> listeners = new ArrayList<>(sockets.fds());
        try {
            epollFd = calls.epollCreate();
            calls.epollAdd(epollFd, mailbox.eventFd(), Epoll.IN, WAKE);
            listen(listeners);
            while (!stopping) {
                turn(listeners);
            }
        } finally {
            List.copyOf(clients.values()).forEach(this::drop);
            listeners.forEach(fd -> calls.epollDelete(epollFd, fd));
            calls.close(epollFd);
            mailbox.close();
            calls.close();
            stopped.countDown();
        }
    }

    private void listen(List<Integer> listeners) {
        listeners.forEach(fd -> calls.epollAdd(epollFd, fd, Epoll.IN, fd));
    }

    private void turn(List<Integer> listeners) {
        int events = calls.epollWait(epollFd, clients.isEmpty() && !paused ? -1 : TICK_MS);
        if (paused && System.nanoTime() - pausedUntilNs >= 0) {
            paused = false;
            listen(listeners);
        }
        for (int i = 0; i < events; i++) {
            int fd = (int) calls.eventData(i);
            if (fd == WAKE) {
                mailbox.run(calls);
            } else if (listeners.contains(fd)) {
                accept(fd);
            } else if (clients.containsKey(fd)) {
                attend(clients.get(fd));
            }
        }
        while (!oldestFirst.isEmpty() && System.nanoTime() - oldestFirst.peekFirst().deadlineNs >= 0) {
            drop(oldestFirst.peekFirst());
        }
    }

    private void accept(int listener) {
        int fd = calls.accept4(listener);
        if (fd < 0) {
            // Descriptors are short, perhaps: trying again at once would only keep the processor busy.
            if (calls.errno() != Errno.EAGAIN) {
                calls.epollDelete(epollFd, listener);
                paused = true;
                pausedUntilNs = System.nanoTime() + PAUSE_NS;
            }
            return;
        }
        Descriptors.setNonBlocking(fd, true);
        if (clients.size() == MAX_CLIENTS) {
            drop(oldestFirst.peekFirst());
        }
        HttpClient client = new HttpClient(fd, System.nanoTime() + DEADLINE_NS);
        clients.put(fd, client);
        oldestFirst.addLast(client);
        calls.epollAdd(epollFd, fd, Epoll.IN, fd);
    }

    private void attend(HttpClient client) {
        try {
            if (client.isSent()) {
                if (client.discard()) {
                    drop(client);
                }
                return;
            }
            if (!client.isAnswered()) {
                HttpRequest request = client.read();
                if (request == null) {
                    return;
                }
                client.answer(pages.answer(request, sockets.isLoopback()));
                calls.epollModify(epollFd, client.fd, Epoll.OUT, client.fd);
                if (log.writes(Severity.DEBUG)) {
                    log.write(
                            Severity.DEBUG, "metrics: " + request.method() + " " + ByteStrings.display(request.path()));
                }
            }
            if (client.write()) {
                // Closing while there is something unread would reset the connection, and the answer with it.
                Sockets.shutdown(client.fd, Sockets.SHUT_WR);
                calls.epollModify(epollFd, client.fd, Epoll.IN, client.fd);
            }
        } catch (LinuxException clientWentAway) {
            drop(client);
        } catch (RuntimeException e) {
            log.repeat(Severity.ERROR, "metrics: internal error: " + e).hit(System.nanoTime());
            drop(client);
        }
    }

    private void drop(HttpClient client) {
        clients.remove(client.fd);
        oldestFirst.remove(client);
        calls.close(client.fd);
    }
}
