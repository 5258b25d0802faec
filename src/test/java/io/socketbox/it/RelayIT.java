package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.RelayTarget;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * What the relay does with bytes, between real servers, clients and targets.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>bytes</td><td>large transfers both ways at once, half-closes, a slow reader</td></tr>
 * <tr><td>many</td><td>a burst of 2,000, 4,000 at once and their memory, more that stand still than there are pipes</td></tr>
 * </table>
 */
class RelayIT {
    private static final int LARGE = 32 << 20;
    private static final int MANY = 4_000;
    /** The most pipes that the relay has. */
    private static final int PIPES = 576;
    /** Its standard output and error. */
    private static final int STANDARD_PIPES = 1;

    private static final int STUCK_BYTES = 60_000;

    private static byte[] random(long seed) {
        byte[] bytes = new byte[LARGE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void largeTransfersBothWaysAtOnce() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        byte[] up = random(seed);
        byte[] down = random(seed + 1);
        CompletableFuture<byte[]> arrived = new CompletableFuture<>();
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, socket -> {
                Thread sender = Thread.ofVirtual().start(() -> RelayScene.send(socket, down));
                arrived.complete(RelayScene.digest(socket.getInputStream()));
                RelayScene.join(sender);
            });
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-p", "90");
            try (Socket client = RelayScene.client(scene)) {
                Thread sender = Thread.ofVirtual().start(() -> RelayScene.send(client, up));
                byte[] received = RelayScene.digest(client.getInputStream());
                RelayScene.join(sender);
                assertArrayEquals(RelayScene.digest(new ByteArrayInputStream(down)), received);
                assertArrayEquals(RelayScene.digest(new ByteArrayInputStream(up)), arrived.join());
            }
            relay.awaitLine(line -> line.contains(LARGE + " bytes sent, " + LARGE + " received, "));
        }
    }

    @Test
    void eachDirectionEndsByItself() throws Exception {
        try (Scene scene = new Scene()) {
            // Answers only when the client's half has ended.
            RelayTarget.start(scene, "::1", 90, socket -> {
                byte[] all = socket.getInputStream().readAllBytes();
                socket.getOutputStream().write(all);
            });
            CompletableFuture<String> late = new CompletableFuture<>();
            // Ends its own half first.
            RelayTarget.start(scene, "::1", 91, socket -> {
                socket.getOutputStream().write('x');
                socket.shutdownOutput();
                late.complete(new String(socket.getInputStream().readAllBytes(), "ISO-8859-1"));
            });
            scene.patientServer(RelayScene.RULES);
            RelayScene.relay(scene, "-c", "[::1]:91", "-c", "[::1]:90");
            try (Socket first = RelayScene.client(scene)) {
                first.getOutputStream().write("question".getBytes("ISO-8859-1"));
                first.shutdownOutput();
                assertEquals("question", new String(first.getInputStream().readAllBytes(), "ISO-8859-1"));
            }
            try (Socket second = RelayScene.client(scene)) {
                assertEquals("x", new String(second.getInputStream().readAllBytes(), "ISO-8859-1"));
                second.getOutputStream().write("after".getBytes("ISO-8859-1"));
                second.shutdownOutput();
                assertEquals("after", late.join());
            }
        }
    }

    @Test
    void aSlowReaderHoldsTheSenderBack() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        AtomicLong written = new AtomicLong();
        try (Scene scene = new Scene()) {
            ServerProcess relay = relayToALateReader(scene, mayRead);
            try (Socket client = RelayScene.client(scene)) {
                byte[] chunk = new byte[1 << 16];
                long total = 512L << 20;
                Thread sender = Thread.ofPlatform().start(() -> {
                    try {
                        OutputStream out = client.getOutputStream();
                        while (written.get() < total) {
                            out.write(chunk);
                            written.addAndGet(chunk.length);
                        }
                        client.shutdownOutput();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                Await.until("the sender waits", () -> waits(relay, written));
                assertTrue(written.get() < total, "all was taken although nobody reads");
                mayRead.countDown();
                assertEquals(-1, client.getInputStream().read());
                RelayScene.join(sender);
            }
            relay.awaitLine(line -> line.contains(total(512) + " bytes sent"));
        }
    }

    @Test
    void whatArrivesForAFullReceiverWakesNobody() throws Exception {
        int pieces = 300;
        CountDownLatch mayRead = new CountDownLatch(1);
        try (Scene scene = new Scene()) {
            ServerProcess relay = relayToALateReader(scene, mayRead);
            try (Socket client = RelayScene.client(scene)) {
                client.setTcpNoDelay(true);
                OutputStream out = client.getOutputStream();
                long sent = 0;
                do {
                    out.write(new byte[1 << 16]);
                    sent += 1 << 16;
                } while (!leavesSome(relay));
                long unread = relay.stats().unreadBytes();
                long before = relay.stats().contextSwitches("relay");
                for (int i = 1; i <= pieces; i++) {
                    long more = unread + i;
                    out.write(0);
                    Await.until("it has arrived", () -> relay.stats().unreadBytes() == more);
                }
                long woken = relay.stats().contextSwitches("relay") - before;
                System.out.println("relay, woken by " + pieces + " pieces that it cannot send on: " + woken);
                assertTrue(woken < pieces / 3, () -> "woken " + woken + " times");
                mayRead.countDown();
                client.shutdownOutput();
                assertEquals(-1, client.getInputStream().read());
                String all = sent + pieces + " bytes sent";
                relay.awaitLine(line -> line.contains(all));
            }
        }
    }

    /** A relay to a target that reads nothing before it may. */
    private static ServerProcess relayToALateReader(Scene scene, CountDownLatch mayRead) {
        RelayTarget.start(scene, "::1", 90, socket -> {
            await(mayRead);
            RelayScene.drain(socket);
        });
        scene.patientServer(RelayScene.RULES);
        return RelayScene.relay(scene, "-p", "90");
    }

    /** Whether bytes stay unread because their receiver takes no more; returns when that is clear. */
    private static boolean leavesSome(ServerProcess relay) {
        long unread = relay.stats().unreadBytes();
        for (int same = 0; unread > 0 && same < 20; same++) {
            LockSupport.parkNanos(5_000_000L);
            long now = relay.stats().unreadBytes();
            same = now == unread ? same : 0;
            unread = now;
        }
        return unread > 0;
    }

    private static String total(int mebibytes) {
        return Long.toString((long) mebibytes << 20);
    }

    /** Whether neither the count nor the relay's sleeps change over some looks, and something was written. */
    private static boolean waits(ServerProcess relay, AtomicLong written) {
        long before = written.get();
        long cpu = relay.stats().cpuTicks();
        LockSupport.parkNanos(200_000_000L);
        return before > 0 && before == written.get() && cpu == relay.stats().cpuTicks();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aBurstIsServedWithTrueAddresses() {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayTarget::answer);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-p", "90", "-i");
            int before = relay.stats().descriptors().size();
            List<InetSocketAddress> all = new ArrayList<>(addresses(20));
            all.add(at("192.0.2.9", 80));
            Result result = LoadClient.run(scene.netns(), all, 2_000, 2_000, 600_000);
            assertEquals(2_000, result.answered(), result::toString);
            Await.until("only free pipes are left", () -> relay.stats().sockets() <= 6);
            assertTrue(before > 0);
        }
    }

    private static List<Socket> clients(Scene scene, int count) {
        return scene.netns().call(() -> {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Socket socket = scene.with(new Socket());
                socket.connect(RelayScene.FRONT);
                clients.add(socket);
            }
            return clients;
        });
    }

    private static void talkAndClose(List<Socket> clients, Runnable atOnce) throws IOException {
        for (Socket client : clients) {
            client.getOutputStream().write('a');
        }
        for (Socket client : clients) {
            assertEquals('a', client.getInputStream().read());
        }
        atOnce.run();
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    void fourThousandAtOnceTakeLittleMemory() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayScene::echo);
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, List.of("prlimit", "--nofile=20000:20000"), "-p", "90");
            int before = relay.stats().sockets();
            talkAndClose(clients(scene, 500), () -> {});
            Await.until("all sockets are closed", () -> relay.stats().sockets() == before);
            long memory = relay.stats().anonymousBytes();
            talkAndClose(clients(scene, MANY), () -> {
                assertEquals(before + 2 * MANY, relay.stats().sockets());
                long each = (relay.stats().anonymousBytes() - memory) / MANY;
                System.out.println("relay, bytes of memory for each of " + MANY + " connections: " + each);
                assertTrue(each <= 16 << 10, () -> each + " bytes for each");
            });
            Await.until("all sockets are closed", () -> relay.stats().sockets() == before);
        }
    }

    /** More directions that stand still than there are pipes, for a user whose pipes the kernel limits. */
    @Test
    void pipesArePooledAndTheRestIsCopied() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        try (Scene scene = new Scene()) {
            scene.netns().sysctl("net/ipv4/tcp_wmem", "4096 4096 4096").sysctl("net/ipv4/tcp_rmem", "4096 4096 4096");
            RelayTarget.start(scene, "::1", 90, socket -> {
                await(mayRead);
                socket.getOutputStream().write(RelayScene.digest(socket.getInputStream()));
            });
            scene.patientServer(RelayScene.RULES);
            ServerProcess relay = RelayScene.relay(scene, "-p", "90", "--user", "54329:54329");
            byte[] message = Arrays.copyOf(random(System.nanoTime()), STUCK_BYTES);
            List<Socket> clients = clients(scene, PIPES + 60);
            List<Thread> senders = new ArrayList<>();
            for (Socket client : clients) {
                senders.add(Thread.ofVirtual().start(() -> RelayScene.send(client, message)));
            }
            Await.until("all pipes are in use", () -> pipes(relay) == PIPES);
            mayRead.countDown();
            byte[] digest = RelayScene.digest(new ByteArrayInputStream(message));
            for (Socket client : clients) {
                assertArrayEquals(digest, client.getInputStream().readAllBytes());
            }
            for (Thread sender : senders) {
                RelayScene.join(sender);
            }
            assertEquals(PIPES, pipes(relay));
        }
    }

    private static int pipes(ServerProcess relay) {
        return (int) relay.stats().descriptors().stream()
                        .filter(name -> name.startsWith("pipe:"))
                        .distinct()
                        .count()
                - STANDARD_PIPES;
    }
}
