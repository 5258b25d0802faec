package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.config.Configuration;
import io.socketbox.handoff.DescriptorReceiver;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.Counter;
import io.socketbox.observe.EventLog;
import io.socketbox.route.Destination;
import io.socketbox.route.Routes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine on real sockets, in this process. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EngineTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final EventLog log = new EventLog(logged);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Engine engine;
    private int port;

    @AfterEach
    void closeAll() throws Exception {
        if (engine != null) {
            engine.close();
        }
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void handsTheConnectionItselfToTheReceiver() throws Exception {
        DescriptorReceiver receiver = bind("a.sock");
        start(new Engine.Context().routes(unix("a.sock")));
        Socket client = connect();
        int fd = receiver.receive();
        assertEquals(client.getLocalPort(), Sockets.peerAddress(fd).port());
        assertEquals(port, Sockets.localAddress(fd).port());
        assertFalse(Descriptors.isNonBlocking(fd));
        Descriptors.write(fd, "hello".getBytes(StandardCharsets.UTF_8));
        Descriptors.close(fd);
        assertEquals("hello", new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(1, engine.count(Counter.HANDED_OFF));
    }

    @Test
    void totalsNameWhatHappened() throws Exception {
        DescriptorReceiver receiver = bind("a.sock");
        start(new Engine.Context().routes(unix("a.sock")));
        assertEquals("no connections", engine.totals());
        assertReceived(receiver, connect(1));
        await(() -> engine.totals().equals("accepted: 1; handed off: 1"));
    }

    @Test
    void connectionsForAFullReceiverWaitAndKeepTheirOrder() throws Exception {
        DescriptorReceiver receiver = bind("a.sock");
        start(new Engine.Context().routes(unix("a.sock")));
        List<Socket> clients = connect(200);
        await(() -> engine.count(Counter.ACCEPTED) == 200);
        assertTrue(engine.count(Counter.WAITED) >= 100, "the receiver's queue should be short");
        assertReceived(receiver, clients);
        await(() -> engine.count(Counter.HANDED_OFF) == 200);
    }

    @Test
    void connectionsWaitForAReceiverThatIsNotThereYet() throws Exception {
        start(new Engine.Context().routes(unix("a.sock")));
        List<Socket> clients = connect(30);
        await(() -> engine.count(Counter.WAITED) == 30);
        assertReceived(bind("a.sock"), clients);
        await(() -> logged.toString(StandardCharsets.UTF_8).contains("receives again"));
        assertTrue(logged.toString(StandardCharsets.UTF_8).contains("nobody receives (connect: ENOENT"));
    }

    @Test
    void aReceiverThatTookOverThePathGetsTheConnections() throws Exception {
        DescriptorReceiver old = bind("a.sock");
        start(new Engine.Context().routes(unix("a.sock")).handoffTimeoutNs(3_000_000_000L));
        assertReceived(old, connect(1));
        DescriptorReceiver successor = bind("b.sock");
        Files.move(directory.resolve("b.sock"), directory.resolve("a.sock"), StandardCopyOption.ATOMIC_MOVE);
        // The old owner's socket stays open and takes a queue full at most; nothing but the path tells of the
        // successor.
        connect(40);
        int fd = successor.receive();
        assertEquals(port, Sockets.localAddress(fd).port());
        Descriptors.close(fd);
    }

    @Test
    void aReceiverThatStopsAndComesBackLosesNothing() throws Exception {
        DescriptorReceiver first = bind("a.sock");
        start(new Engine.Context().routes(unix("a.sock")));
        List<Socket> clients = connect(50);
        await(() -> engine.count(Counter.ACCEPTED) == 50);
        first.stop();
        List<Integer> ports = new ArrayList<>();
        for (int fd = first.receive(); fd != DescriptorReceiver.END; fd = first.receive()) {
            ports.add(Sockets.peerAddress(fd).port());
            Descriptors.close(fd);
        }
        first.close();
        DescriptorReceiver second = bind("a.sock");
        while (ports.size() < 50) {
            int fd = second.receive();
            ports.add(Sockets.peerAddress(fd).port());
            Descriptors.close(fd);
        }
        assertEquals(clients.stream().map(Socket::getLocalPort).toList(), ports);
    }

    @Test
    void onlyConnectionsPastTheQueueLimitAreClosed() throws Exception {
        start(new Engine.Context().routes(unix("a.sock")).queueLimit(20));
        List<Socket> clients = connect(50);
        await(() -> engine.count(Counter.CLOSED_QUEUE_FULL) == 30);
        for (Socket closed : clients.subList(20, 50)) {
            assertEquals(-1, closed.getInputStream().read());
        }
        assertReceived(bind("a.sock"), clients.subList(0, 20));
        assertTrue(logged.toString(StandardCharsets.UTF_8).contains("connection closed, queue full"));
    }

    @Test
    void connectionsAreClosedWhenTheyWaitedTooLong() throws Exception {
        start(new Engine.Context().routes(unix("a.sock")).handoffTimeoutNs(50_000_000));
        for (Socket client : connect(20)) {
            assertEquals(-1, client.getInputStream().read());
        }
        // The client sees it closed before it is counted.
        await(() -> engine.count(Counter.CLOSED_HANDOFF_TIMEOUT) == 20);
    }

    @Test
    void drainingDeliversWhatWaits() throws Exception {
        start(new Engine.Context().routes(unix("a.sock")));
        List<Socket> clients = connect(30);
        await(() -> engine.count(Counter.WAITED) == 30);
        engine.drain();
        assertReceived(bind("a.sock"), clients);
        assertEquals(Engine.End.DRAINED, engine.awaitEnd());
        assertEquals(30, engine.count(Counter.HANDED_OFF));
    }

    @Test
    void inheritedDescriptorsOfAnyUnixTypeReceive() throws Exception {
        for (int type : new int[] {Sockets.DGRAM, Sockets.SEQPACKET, Sockets.STREAM}) {
            int[] pair = Sockets.socketPair(Sockets.AF_UNIX, type);
            start(new Engine.Context().routes(Routes.single(new Destination.InheritedDescriptor(pair[1]))));
            List<Socket> clients = connect(300);
            HotCalls calls = new HotCalls(1);
            for (Socket client : clients) {
                assertTrue(calls.receiveDescriptor(pair[0], true) > 0);
                assertEquals(
                        client.getLocalPort(),
                        Sockets.peerAddress(calls.receivedFd()).port());
                calls.close(calls.receivedFd());
            }
            engine.close();
            calls.close();
            Descriptors.close(pair[0]);
            Descriptors.close(pair[1]);
        }
    }

    @Test
    void anInheritedDescriptorWithoutPeerClosesItsConnections() throws Exception {
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.SEQPACKET);
        start(new Engine.Context().routes(Routes.single(new Destination.InheritedDescriptor(pair[1]))));
        Descriptors.close(pair[0]);
        for (Socket client : connect(5)) {
            assertEquals(-1, client.getInputStream().read());
        }
        await(() -> engine.count(Counter.CLOSED_DESTINATION_GONE) == 5);
        Descriptors.close(pair[1]);
    }

    @Test
    void theLossOfAnInheritedDescriptorEndsTheEngineOnRequest() throws Exception {
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.DGRAM);
        start(new Engine.Context()
                .routes(Routes.single(new Destination.InheritedDescriptor(pair[1])))
                .endWhenInheritedGone(true));
        Descriptors.close(pair[0]);
        connect();
        assertEquals(Engine.End.DESTINATION_GONE, engine.awaitEnd());
        Descriptors.close(pair[1]);
    }

    @Test
    void aReceiverConnectionIsASourceUntilItsPeerCloses() throws Exception {
        DescriptorReceiver receiver = bind("a.sock");
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.SEQPACKET);
        Descriptors.setNonBlocking(pair[1], true);
        engine = new Engine(new Engine.Context().routes(unix("a.sock")).log(log).receiverConnection(pair[1]));
        engine.start();
        int listener = TestListener.open();
        port = Sockets.localAddress(listener).port();
        HotCalls calls = new HotCalls(1);
        List<Socket> clients = connect(30);
        for (int i = 0; i < clients.size(); i++) {
            int fd = Sockets.accept(listener);
            assertEquals(1, calls.sendDescriptor(pair[0], fd));
            Descriptors.close(fd);
        }
        Descriptors.close(pair[0]);
        assertReceived(receiver, clients);
        assertEquals(Engine.End.RECEIVER_EOF, engine.awaitEnd());
        calls.close();
        Descriptors.close(listener);
    }

    @Test
    void twoWorkersShareAListener() throws Exception {
        DescriptorReceiver receiver = bind("a.sock");
        int listener = TestListener.open();
        port = Sockets.localAddress(listener).port();
        engine = new Engine(
                new Engine.Context().routes(unix("a.sock")).log(log).listeners(new int[][] {{listener}, {listener}}));
        engine.start();
        List<Socket> clients = connect(100);
        List<Integer> ports = new ArrayList<>();
        while (ports.size() < clients.size()) {
            int fd = receiver.receive();
            ports.add(Sockets.peerAddress(fd).port());
            Descriptors.close(fd);
        }
        assertEquals(
                clients.stream().map(Socket::getLocalPort).sorted().toList(),
                ports.stream().sorted().toList());
    }

    @Test
    void everyThreadComesRoundUnlessOneIsStuck() throws Exception {
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.DGRAM);
        Descriptors.close(pair[0]);
        opened.add(() -> Descriptors.close(pair[1]));
        start(new Engine.Context().routes(Routes.single(new Destination.InheritedDescriptor(pair[1]))));
        engine.turn().get();
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        // The dispatcher itself runs this when it has a line to log: of the connection that it has to close.
        log.onQueued(() -> {
            stuck.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        connect();
        stuck.await();
        CompletableFuture<Void> turn = engine.turn();
        assertThrows(TimeoutException.class, () -> turn.get(200, TimeUnit.MILLISECONDS));
        released.countDown();
        turn.get();
    }

    @Test
    void whatIsLeftToAnotherKeepsItsBacklog() throws Exception {
        int[] listeners = {TestListener.open(), TestListener.open()};
        int dropped = Sockets.localAddress(listeners[1]).port();
        port = Sockets.localAddress(listeners[0]).port();
        engine = new Engine(
                new Engine.Context().routes(unix("a.sock")).log(log).listeners(new int[][] {listeners, listeners}));
        engine.start();
        Sources sources = engine.copySources();
        assertEquals(2, sources.listeners().length);
        BitSet kept = new BitSet();
        kept.set(0);
        engine.leave(new Sources.Kept(kept, false));
        assertEquals(Engine.End.TAKEN_OVER, engine.awaitEnd());
        Descriptors.close(sources.listeners()[1]);
        assertThrows(IOException.class, () -> new Socket(InetAddress.ofLiteral("::1"), dropped));
        Socket client = connect();
        await(() -> Sockets.backlogLength(sources.listeners()[0]) == 1);
        int fd = Sockets.accept(sources.listeners()[0]);
        assertEquals(client.getLocalPort(), Sockets.peerAddress(fd).port());
        Descriptors.close(fd);
        assertEquals(0, engine.count(Counter.ACCEPTED));
        assertNull(engine.copySources());
        Descriptors.close(sources.listeners()[0]);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(value = 300, unit = TimeUnit.SECONDS)
    void aHandOffAllocatesNothing(boolean observed) throws Exception {
        DescriptorReceiver receiver = bind("a.sock");
        String rules = "rule-set:0\ndefault jump-unix:" + directory.resolve("a.sock") + "\n";
        start(new Engine.Context()
                .routes(Configuration.parse(rules.getBytes(StandardCharsets.UTF_8), "a.conf", false)
                        .compile())
                .detailed(observed)
                .logConnections(observed ? "a.conf" : null));
        handOver(receiver, 3_000);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long dispatcher = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("dispatcher-0"))
                .findFirst()
                .orElseThrow()
                .threadId();
        long allocated = Long.MAX_VALUE;
        // What is allocated once (a queue's first array, say) may fall into a round, and so may what only code
        // allocates
        // that a busy machine has not compiled yet; what each connection costs falls in all.
        for (int round = 0; round < 50 && allocated != 0; round++) {
            long before = threads.getThreadAllocatedBytes(dispatcher);
            handOver(receiver, 3_000);
            allocated = threads.getThreadAllocatedBytes(dispatcher) - before;
        }
        assertEquals(0, allocated);
    }

    private void handOver(DescriptorReceiver receiver, int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            try (Socket client = new Socket(InetAddress.ofLiteral("::1"), port)) {
                int fd = receiver.receive();
                assertEquals(client.getLocalPort(), Sockets.peerAddress(fd).port());
                Descriptors.close(fd);
            }
        }
    }

    private void start(Engine.Context context) {
        int listener = TestListener.open();
        port = Sockets.localAddress(listener).port();
        engine = new Engine(context.log(log).listeners(new int[][] {{listener}}));
        engine.start();
    }

    private Routes unix(String name) {
        return Routes.single(new Destination.UnixSocket(directory.resolve(name).toString()));
    }

    private DescriptorReceiver bind(String name) {
        DescriptorReceiver receiver =
                DescriptorReceiver.bind(directory.resolve(name).toString());
        opened.add(receiver);
        return receiver;
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.ofLiteral("::1"), port);
        opened.add(client);
        return client;
    }

    private List<Socket> connect(int count) throws IOException {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(connect());
        }
        return clients;
    }

    private static void assertReceived(DescriptorReceiver receiver, List<Socket> clients) {
        for (Socket client : clients) {
            int fd = receiver.receive();
            assertEquals(client.getLocalPort(), Sockets.peerAddress(fd).port());
            Descriptors.close(fd);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, "the condition did not come true");
            Thread.yield();
        }
    }
}
