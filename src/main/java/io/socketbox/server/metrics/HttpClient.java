package io.socketbox.server.metrics;

import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One connection to the metrics listener: a request, its answer, the end. One thread. */
final class HttpClient {
    private static final int CHUNK = 4_096;
    private static final int SEND_CHUNK = 1 << 18;

    /** The connection, non-blocking; owned by {@link HttpServer}. */
    final int fd;

    /** When it is closed whatever it does, of {@link System#nanoTime}. */
    final long deadlineNs;

    private final StringBuilder received = new StringBuilder();
    private byte[] answer;
    private int sent;

    HttpClient(int fd, long deadlineNs) {
        this.fd = fd;
        this.deadlineNs = deadlineNs;
    }

    boolean isAnswered() {
        return answer != null;
    }

    /**
     * Reads what has come.
     *
     * @return the request once it is complete (or hopeless), else null.
     * @throws LinuxException when the connection is broken.
     */
    HttpRequest read() {
        while (true) {
            byte[] bytes;
            try {
                bytes = Sockets.receive(fd, CHUNK);
            } catch (LinuxException e) {
                if (e.errno() == Errno.EAGAIN) {
                    return null;
                }
                throw e;
            }
            received.append(new String(bytes, StandardCharsets.ISO_8859_1));
            String head = received.toString();
            if (HttpRequest.isComplete(head)) {
                return HttpRequest.read(head);
            }
            if (head.length() > HttpRequest.MAX_HEAD) {
                return new HttpRequest(431, "", "", null);
            }
            if (bytes.length == 0) {
                return new HttpRequest(400, "", "", null);
            }
        }
    }

    /** Whether all of the answer was sent. */
    boolean isSent() {
        return answer != null && sent == answer.length;
    }

    /**
     * Throws away what still comes after the answer.
     *
     * @return whether the client has closed.
     * @throws LinuxException when the connection is broken.
     */
    boolean discard() {
        try {
            return Sockets.receive(fd, CHUNK).length == 0;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EAGAIN) {
                return false;
            }
            throw e;
        }
    }

    void answer(byte[] response) {
        answer = response;
    }

    /**
     * Sends what the socket takes.
     *
     * @return whether that was all.
     * @throws LinuxException when the connection is broken.
     */
    boolean write() {
        while (sent < answer.length) {
            try {
                sent += Sockets.send(fd, Arrays.copyOfRange(answer, sent, Math.min(answer.length, sent + SEND_CHUNK)));
            } catch (LinuxException e) {
                if (e.errno() == Errno.EAGAIN) {
                    return false;
                }
                throw e;
            }
        }
        return true;
    }
}
