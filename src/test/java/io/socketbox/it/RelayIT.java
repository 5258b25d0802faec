package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Netns;
import io.socketbox.testing.RelayTarget;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.Talk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The relay between real servers, clients and targets.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>bytes</td><td>large transfers both ways at once, half-closes, a slow reader, resets</td></tr>
 * <tr><td>targets</td><td>in turn, the next after a failure, none, one that does not answer, UNIX, NAT64, transparent</td></tr>
 * <tr><td>many</td><td>a burst of 2,000, 1,000 at once, descriptors short and given back</td></tr>
 * <tr><td>life</td><td>SIGTERM, SIGHUP, idle connections, bad starts</td></tr>
 * </table>
 */
class RelayIT {
    private static final String RULES = "rule-set:0\ndefault jump-unix:@s\n";
    private static final InetSocketAddress FRONT = at("2001:db8::7", 80);
    private static final int SIGHUP = 1;
    private static final int LARGE = 32 << 20;

    private static ServerProcess relay(Scene scene, String... arguments) {
        return relay(scene, List.of(), arguments);
    }

    private static ServerProcess relay(Scene scene, List<String> wrapper, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-s", scene.path("s").toString()));
        all.addAll(Arrays.asList(arguments));
        return launch(scene, wrapper, all);
    }

    private static ServerProcess launch(Scene scene, List<String> wrapper, List<String> arguments) {
        ServerProcess relay =
                scene.with(ServerProcess.launch(scene.netns(), "socketbox-relay", arguments, List.of(), wrapper));
        relay.awaitLine(line -> line.contains("ready: "));
        return relay;
    }

    private static Socket client(Scene scene) {
        return scene.netns().call(() -> {
            Socket socket = new Socket();
            socket.connect(FRONT);
            socket.setSoTimeout(30_000);
            return scene.with(socket);
        });
    }

    private static byte[] digest(InputStream in) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] chunk = new byte[50_000];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] random(long seed) {
        byte[] bytes = new byte[LARGE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void drain(Socket socket) throws IOException {
        digest(socket.getInputStream());
    }

    private static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
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
                Thread sender = Thread.ofVirtual().start(() -> send(socket, down));
                arrived.complete(digest(socket.getInputStream()));
                join(sender);
            });
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-p", "90");
            try (Socket client = client(scene)) {
                Thread sender = Thread.ofVirtual().start(() -> send(client, up));
                byte[] received = digest(client.getInputStream());
                join(sender);
                assertArrayEquals(digest(new java.io.ByteArrayInputStream(down)), received);
                assertArrayEquals(digest(new java.io.ByteArrayInputStream(up)), arrived.join());
            }
            relay.awaitLine(line -> line.contains(LARGE + " bytes sent, " + LARGE + " received, "));
        }
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
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
            scene.patientServer(RULES);
            relay(scene, "-c", "[::1]:91", "-c", "[::1]:90");
            try (Socket first = client(scene)) {
                first.getOutputStream().write("question".getBytes("ISO-8859-1"));
                first.shutdownOutput();
                assertEquals("question", new String(first.getInputStream().readAllBytes(), "ISO-8859-1"));
            }
            try (Socket second = client(scene)) {
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
        java.util.concurrent.atomic.AtomicLong written = new java.util.concurrent.atomic.AtomicLong();
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, socket -> {
                await(mayRead);
                drain(socket);
            });
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-p", "90");
            try (Socket client = client(scene)) {
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
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                Await.until("the sender waits", () -> waits(relay, written));
                assertTrue(written.get() < total, "all was taken although nobody reads");
                mayRead.countDown();
                assertEquals(-1, client.getInputStream().read());
                join(sender);
            }
            relay.awaitLine(line -> line.contains(total(512) + " bytes sent"));
        }
    }

    private static String total(int mebibytes) {
        return Long.toString((long) mebibytes << 20);
    }

    /** Whether neither the count nor the relay's sleeps change over some looks, and something was written. */
    private static boolean waits(ServerProcess relay, java.util.concurrent.atomic.AtomicLong written) {
        long before = written.get();
        long cpu = relay.stats().cpuTicks();
        java.util.concurrent.locks.LockSupport.parkNanos(200_000_000L);
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
    void targetsTakeTurnsAndTheNextStandsIn() {
        try (Scene scene = new Scene()) {
            RelayTarget a = RelayTarget.start(scene, "::1", 90, RelayIT::echo);
            RelayTarget b = RelayTarget.start(scene, "127.0.0.1", 91, RelayIT::echo);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-c", "[::1]:90", "-c", "127.0.0.1:91", "-c", "[::1]:99");
            for (int i = 0; i < 9; i++) {
                assertEcho(scene, "hello");
            }
            assertEquals(9, a.accepted() + b.accepted());
            assertTrue(a.accepted() >= 3 && b.accepted() >= 3, a.accepted() + " and " + b.accepted());
            relay.awaitLine(line -> line.contains("ended; [::1]:99: ECONNREFUSED"));
        }
    }

    private static void assertEcho(Scene scene, String text) {
        try (Socket client = client(scene)) {
            send(client, text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            assertEquals(text, new String(client.getInputStream().readAllBytes(), "ISO-8859-1"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void withoutATargetTheClientIsReset() throws Exception {
        try (Scene scene = new Scene()) {
            scene.patientServer(RULES);
            ServerProcess relay =
                    relay(scene, "-c", "[::1]:98", "-u", scene.path("none").toString());
            for (int i = 0; i < 3; i++) {
                try (Socket client = client(scene)) {
                    assertThrows(
                            SocketException.class, () -> client.getInputStream().read());
                }
            }
            String line = relay.awaitLine(l -> l.contains("no target"));
            assertTrue(line.contains("[::1]:98: ECONNREFUSED") || line.contains("ECONNREFUSED"), line);
            assertTrue(line.contains("ENOENT"), line);
            assertTrue(relay.isAlive());
        }
    }

    @Test
    void aTargetThatDoesNotAnswerIsGivenUp() {
        try (Scene scene = new Scene()) {
            // Nobody has that address: packets vanish.
            Netns.link(scene.netns(), "blind", scene.anotherNetns(), "other");
            scene.netns().ip("addr add 198.51.100.1/24 dev blind");
            scene.netns().ip("neigh add 198.51.100.2 lladdr 02:00:00:00:00:01 dev blind");
            RelayTarget.start(scene, "::1", 90, RelayIT::echo);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-c", "[::1]:90", "-c", "198.51.100.2:90", "--connect-timeout", "100ms");
            assertEcho(scene, "one");
            assertEcho(scene, "two");
            relay.awaitLine(line -> line.contains("198.51.100.2:90: no answer in time"));
        }
    }

    @Test
    void aBurstIsServedWithTrueAddresses() {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayTarget::answer);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-p", "90", "-i");
            int before = relay.stats().descriptors().size();
            List<InetSocketAddress> all = new ArrayList<>(addresses(20));
            all.add(at("192.0.2.9", 80));
            Result result = LoadClient.run(scene.netns(), all, 2_000, 2_000, 600_000);
            assertEquals(2_000, result.answered(), result::toString);
            Await.until("only free pipes are left", () -> relay.stats().sockets() <= 6);
            assertTrue(before > 0);
        }
    }

    @Test
    void aThousandAtOnceAndNothingLeftOpen() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayIT::echo);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-p", "90");
            int before = relay.stats().sockets();
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                clients.add(client(scene));
            }
            for (Socket client : clients) {
                client.getOutputStream().write('a');
            }
            for (Socket client : clients) {
                assertEquals('a', client.getInputStream().read());
            }
            assertEquals(before + 2_000, relay.stats().sockets());
            for (Socket client : clients) {
                client.close();
            }
            Await.until("all sockets are closed", () -> relay.stats().sockets() == before);
        }
    }

    @Test
    void withFewDescriptorsTheRestWaits() {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayTarget::answer);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, List.of("prlimit", "--nofile=160:160"), "-p", "90", "-i");
            Result result = LoadClient.run(scene.netns(), addresses(5), 500, 200, 600_000);
            assertEquals(500, result.answered(), result::toString);
            assertTrue(relay.isAlive());
        }
    }

    @Test
    void sigtermLetsConnectionsEnd() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayIT::echo);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-p", "90", "--grace", "5m");
            try (Socket client = client(scene)) {
                client.getOutputStream().write('a');
                assertEquals('a', client.getInputStream().read());
                relay.signal(ServerProcess.SIGTERM);
                Await.until("the socket is gone", () -> !Files.exists(scene.path("s")));
                client.getOutputStream().write('b');
                assertEquals('b', client.getInputStream().read());
                assertTrue(relay.isAlive());
                client.shutdownOutput();
                assertEquals(-1, client.getInputStream().read());
            }
            assertEquals(0, relay.awaitExit());
        }
    }

    @Test
    void graceBoundsTheEnd() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayIT::echo);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-p", "90", "--grace", "0s");
            try (Socket client = client(scene)) {
                client.getOutputStream().write('a');
                assertEquals('a', client.getInputStream().read());
                assertEquals(0, relay.terminate());
                assertThrows(
                        SocketException.class, () -> client.getInputStream().read());
            }
            relay.awaitLine(line -> line.endsWith("stopped"));
        }
    }

    @Test
    void restartsUnderLoadLoseNothing() {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayTarget::answer);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-p", "90", "-i");
            LoadClient load = LoadClient.start(scene.netns(), addresses(8), 1_500, 32, 600_000);
            for (int i = 1; i <= 2; i++) {
                load.awaitFinished(i * 300);
                assertEquals(0, relay.terminate());
                relay = relay(scene, "-p", "90", "-i");
            }
            Result result = load.result();
            assertEquals(1_500, result.answered(), result::toString);
        }
    }

    @Test
    void servicesOfAFileChange() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(
                    scene, "::1", 90, socket -> socket.getOutputStream().write('A'));
            RelayTarget.start(
                    scene, "::1", 91, socket -> socket.getOutputStream().write('B'));
            scene.patientServer(RULES);
            var file = scene.config("-s @s -p 90 # first\n-s @other -p 90\n");
            ServerProcess relay = launch(scene, List.of(), List.of("-f", file.toString()));
            assertEquals("A", Talk.once(scene.netns(), FRONT, ""));
            Files.writeString(file, "-s " + scene.path("s") + " -p 91\n");
            relay.signal(SIGHUP);
            relay.awaitLine(line -> line.contains("1 there, 0 opened, 1 stopped"));
            assertEquals("B", Talk.once(scene.netns(), FRONT, ""));
            assertFalse(Files.exists(scene.path("other")));
            Files.writeString(file, "nonsense\n");
            relay.signal(SIGHUP);
            relay.awaitLine(line -> line.contains("services not read anew"));
            assertEquals("B", Talk.once(scene.netns(), FRONT, ""));
        }
    }

    @Test
    void idleConnectionsAreReset() throws Exception {
        try (Scene scene = new Scene()) {
            RelayTarget.start(scene, "::1", 90, RelayIT::drain);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-p", "90", "--idle-timeout", "200ms");
            try (Socket client = client(scene)) {
                client.getOutputStream().write('a');
                assertThrows(
                        SocketException.class, () -> client.getInputStream().read());
            }
            relay.awaitLine(line -> line.contains("1 bytes sent, 0 received") && line.endsWith("idle for too long"));
        }
    }

    @Test
    void nat64TakesTheAddressThatTheClientMeant() {
        try (Scene scene = new Scene()) {
            scene.netns().anyIp("64:ff9b::/96");
            RelayTarget.start(scene, "192.0.2.33", 90, RelayIT::echo);
            scene.patientServer(RULES);
            ServerProcess relay = relay(scene, "-N", "-c", "::ffff:0.0.0.0", "-p", "90");
            assertEquals("", outside(scene));
            Socket client = scene.netns().call(() -> new Socket(InetAddress.getByName("64:ff9b::c000:221"), 80));
            scene.with(client);
            send(client, new byte[] {'x'});
            assertEquals("x", rest(client));
            relay.awaitLine(line -> line.contains("by 192.0.2.33:90: 1 bytes sent, 1 received"));
            relay.awaitLine(line -> line.contains("is outside of 64:ff9b::/96; closed"));
        }
    }

    private static String outside(Scene scene) {
        try (Socket client = client(scene)) {
            return rest(client);
        } catch (IOException | java.io.UncheckedIOException reset) {
            return "";
        }
    }

    private static String rest(Socket client) {
        try {
            return new String(client.getInputStream().readAllBytes(), "ISO-8859-1");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void transparentShowsTheTargetTheClient() throws Exception {
        try (Scene scene = new Scene()) {
            CompletableFuture<InetAddress> seen = new CompletableFuture<>();
            RelayTarget.start(scene, "192.0.2.90", 90, socket -> seen.complete(socket.getInetAddress()));
            scene.patientServer(RULES);
            relay(scene, "-c", "192.0.2.90", "-p", "90", "--transparent");
            try (Talk talk = Talk.to(scene.netns(), at("192.0.2.9", 80), "192.0.2.55")) {
                assertEquals("", talk.rest());
            }
            assertEquals(InetAddress.getByName("192.0.2.55"), seen.join());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void nginxReadsWhoTheClientIs(String version) throws Exception {
        try (Scene scene = new Scene()) {
            Path conf = Files.writeString(
                    scene.path("nginx.conf"), """
                    daemon off; master_process off; pid @pid; error_log @error;
                    events {}
                    http {
                      access_log off;
                      client_body_temp_path @t1; proxy_temp_path @t2; fastcgi_temp_path @t3;
                      uwsgi_temp_path @t4; scgi_temp_path @t5;
                      server {
                        listen [::1]:90 proxy_protocol;
                        return 200 "$proxy_protocol_addr $proxy_protocol_server_addr $proxy_protocol_server_port";
                      }
                    }
                    """.replace("@", scene.path("").toString() + "/"));
            Process nginx = scene.netns()
                    .call(() -> new ProcessBuilder(
                                    "nginx", "-e", scene.path("error").toString(), "-c", conf.toString())
                            .start());
            scene.with(nginx::destroyForcibly);
            Await.until("nginx listens", () -> isListening(scene));
            scene.patientServer(RULES);
            relay(scene, "-p", "90", "--proxy", version);
            String request = "GET / HTTP/1.0\r\n\r\n";
            String four = Talk.once(scene.netns(), at("192.0.2.9", 80), request);
            assertTrue(four.endsWith("192.0.2.9 192.0.2.9 80"), four);
            String six = Talk.once(scene.netns(), FRONT, request);
            assertTrue(six.endsWith(" 2001:db8::7 80"), six);
            nginx.destroyForcibly().waitFor();
        }
    }

    private static boolean isListening(Scene scene) {
        return scene.netns().call(() -> {
            try (Socket probe = new Socket("::1", 90)) {
                return probe.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void badStartsExitWith1() {
        try (Scene scene = new Scene()) {
            for (List<String> arguments : List.of(
                    List.of("-c", "nonsense"),
                    List.of("-N", "-P", "nonsense"),
                    List.of("-s", "/nonexistent/folder/s"),
                    List.of("-l", "99"),
                    List.of("-f", "/nonexistent"))) {
                ServerProcess relay = scene.with(
                        ServerProcess.launch(scene.netns(), "socketbox-relay", arguments, List.of(), List.of()));
                assertEquals(1, relay.awaitExit(), arguments::toString);
                assertFalse(relay.lines().isEmpty());
            }
        }
    }
}
