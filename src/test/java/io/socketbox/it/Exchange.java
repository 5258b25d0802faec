package io.socketbox.it;

import io.socketbox.testing.Netns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One transaction with a daemon: what the client sent, what it got, and which address it had.
 *
 * @param client the client's own address and port
 * @param answer everything up to the end of the connection, or up to the text that was waited for
 */
record Exchange(InetSocketAddress client, String answer) {
    private static final int TIMEOUT_MS = 30_000;
    private static final int THREADS = 16;

    /** Connects from inside {@code netns}, sends {@code request}, and reads until {@code wanted} or the end has come. */
    static Exchange with(Netns netns, InetSocketAddress server, String request, String wanted) {
        return netns.call(() -> perform(server, request, wanted));
    }

    /**
     * {@code count} exchanges with the servers in turn, some at a time.
     *
     * @return what became of those that did not bring {@code wanted}.
     */
    static List<String> burst(Netns netns, List<InetSocketAddress> servers, int count, String request, String wanted)
            throws InterruptedException {
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicInteger next = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .name("burst-" + i)
                    .start(() -> netns.call(() -> {
                        for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                            InetSocketAddress server = servers.get(number % servers.size());
                            try {
                                Exchange exchange = perform(server, request, wanted);
                                if (!exchange.answer.contains(wanted)) {
                                    failures.add(number + " " + server + ": " + exchange);
                                }
                            } catch (IOException e) {
                                failures.add(number + " " + server + ": " + e);
                            }
                        }
                        return null;
                    })));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(failures);
    }

    private static Exchange perform(InetSocketAddress server, String request, String wanted) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(server, TIMEOUT_MS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            byte[] bytes = new byte[4096];
            String text = "";
            try {
                int n = socket.getInputStream().read(bytes);
                while (n >= 0) {
                    got.write(bytes, 0, n);
                    text = got.toString(StandardCharsets.ISO_8859_1);
                    n = text.contains(wanted) ? -1 : socket.getInputStream().read(bytes);
                }
            } catch (IOException e) {
                throw new IOException(socket.getLocalSocketAddress() + " got '" + text + "', then: " + e, e);
            }
            return new Exchange((InetSocketAddress) socket.getLocalSocketAddress(), text);
        }
    }
}
