package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.config.Configuration;
import io.socketbox.handoff.DescriptorReceiver;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.Counter;
import io.socketbox.observe.EventLog;
import io.socketbox.route.Routes;
import io.socketbox.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other routes for an engine that runs, on real sockets. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ApplyTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final EventLog log = new EventLog(logged);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Engine engine;
    private int port;

    /** The first socket that Java closes makes it open one that stays. */
    @BeforeAll
    static void closeASocket() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort()).close();
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        engine.close();
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void theNextConnectionFollowsTheNewRoutes() throws Exception {
        DescriptorReceiver a = bind("a");
        DescriptorReceiver b = bind("b");
        start(1, "default jump-unix:a");
        assertReceived(a, connect(3));
        assertEquals(new Engine.Applied(1, 0, 1), engine.apply(routes("default jump-unix:b")));
        assertReceived(b, connect(3));
        assertEquals(new Engine.Applied(1, 1, 0), engine.apply(routes("port:1 jump-unix:a", "default jump-unix:b")));
        assertReceived(b, connect(3));
    }

    @Test
    void theMemoryOfTheRulesOfBeforeIsGivenBack() throws Exception {
        DescriptorReceiver a = bind("a");
        start(2, "default jump-unix:a");
        Routes before = routes("default jump-unix:a");
        engine.apply(before);
        assertTrue(before.table().sizeInBytes() > 0);
        Routes after = routes("port:1 jump-unix:b", "default jump-unix:a");
        engine.apply(after);
        assertEquals(0, before.table().sizeInBytes());
        assertTrue(after.table().sizeInBytes() > 0);
        // Two dispatchers keep no order among connections that come together.
        for (int i = 0; i < 3; i++) {
            assertReceived(a, connect(1));
        }
    }

    @Test
    void rulesThatAreNotFollowedGiveTheirMemoryBack() throws Exception {
        start(1, "default jump-unix:a");
        Routes refused = routes("fail", "register:/absent/folder/sock", "group:1");
        assertThrows(LinuxException.class, () -> engine.apply(refused));
        assertEquals(0, refused.table().sizeInBytes());
        engine.close();
        Routes late = routes("default jump-unix:a");
        assertNull(engine.apply(late));
        assertEquals(0, late.table().sizeInBytes());
    }

    @Test
    void aDestinationThatIsGoneDeliversWhatWaitsAndThenCloses() throws Exception {
        start(1, "default jump-unix:away");
        List<Socket> waiting = connect(30);
        awaitWaiting(30);
        DescriptorReceiver b = bind("b");
        // With a second, absent destination there is room for the socket of the one that is gone beside that of b.
        engine.apply(routes("port:1 jump-unix:absent", "default jump-unix:b"));
        assertReceived(b, connect(3));
        engine.turn().join();
        Map<Integer, String> open = Descriptors.list();
        DescriptorReceiver late = bind("away");
        assertReceived(late, waiting);
        Await.until("the socket that they were sent over is closed", () -> opened(open) == 1);
    }

    @Test
    void whatWaitsOverAChangeEndsForNoRuleOfTheNewTable() throws Exception {
        start(1, new Engine.Context().detailed(true), "port:1 jump-unix:x", "default jump-unix:late");
        List<Socket> clients = new ArrayList<>(connect(30));
        awaitRules("3: 30 = 0 handed off, 30 wait, 0 closed");
        engine.apply(routes("default jump-unix:late"));
        awaitRules("");
        clients.addAll(connect(20));
        awaitRules("2: 20 = 0 handed off, 20 wait, 0 closed");
        assertReceived(bind("late"), clients);
        awaitRules("2: 20 = 20 handed off, 0 wait, 0 closed");
        assertEquals(50, engine.count(Counter.HANDED_OFF));
        engine.apply(routes("port:1 fail", "port:2 fail", "default fail"));
        for (Socket client : connect(4)) {
            assertEquals(-1, client.getInputStream().read());
        }
        awaitRules("4: 4 = 0 handed off, 0 wait, 4 closed");
    }

    private void awaitRules(String expected) {
        Await.until(expected, () -> RuleLines.of(engine).equals(expected));
    }

    @Test
    void aDestinationThatIsGoneTimesOutWhatWaits() throws Exception {
        DescriptorReceiver b = bind("b");
        start(1, new Engine.Context().handoffTimeoutNs(300_000_000), "default jump-unix:away");
        List<Socket> waiting = connect(5);
        awaitWaiting(5);
        engine.apply(routes("default jump-unix:b"));
        for (Socket client : waiting) {
            assertEquals(-1, client.getInputStream().read());
        }
        assertReceived(b, connect(3));
    }

    @Test
    void aDestinationThatStaysKeepsWhatWaits() throws Exception {
        start(1, "port:1 jump-unix:x", "default jump-unix:late");
        List<Socket> clients = new ArrayList<>(connect(30));
        awaitWaiting(30);
        engine.apply(routes("default jump-unix:late", "port:2 jump-unix:y"));
        clients.addAll(connect(30));
        awaitWaiting(60);
        assertReceived(bind("late"), clients);
    }

    @Test
    void aDestinationThatComesBackWhileItDeliversKeepsTheOrder() throws Exception {
        bind("b");
        start(1, "default jump-unix:late");
        List<Socket> clients = new ArrayList<>(connect(30));
        awaitWaiting(30);
        engine.apply(routes("default jump-unix:b"));
        engine.apply(routes("default jump-unix:late"));
        clients.addAll(connect(30));
        awaitWaiting(60);
        DescriptorReceiver late = bind("late");
        assertReceived(late, clients);
        assertReceived(late, connect(5));
    }

    @Test
    void inheritedDescriptorsComeAndGo() throws Exception {
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.SEQPACKET);
        Descriptors.setCloseOnExec(pair[1], false);
        bind("b");
        start(1, "default jump-unix:b");
        engine.apply(routes("default jump-unix:b"));
        Map<Integer, String> before = Descriptors.list();
        HotCalls calls = new HotCalls(1);
        for (int i = 0; i < 20; i++) {
            engine.apply(routes("default jump-fd:" + pair[1]));
            Socket client = connect();
            assertEquals(1, calls.receiveDescriptor(pair[0], true));
            assertEquals(
                    client.getLocalPort(),
                    Sockets.peerAddress(calls.receivedFd()).port());
            calls.close(calls.receivedFd());
            client.close();
            engine.apply(routes("default jump-unix:b"));
        }
        Await.until("copies are closed, and at most b is open", () -> opened(before) <= 1);
        calls.close();
        Descriptors.close(pair[0]);
        Descriptors.close(pair[1]);
    }

    @Test
    void aNumberThatIsOneOfOurOwnIsNoInheritedDescriptor() throws Exception {
        start(1, new Engine.Context().inherited(number -> -1), "default jump-unix:a");
        engine.apply(routes("default jump-fd:5"));
        assertEquals(-1, connect().getInputStream().read());
        Await.until("it is said", () -> logged.toString(StandardCharsets.UTF_8).contains("fd:5 was not open at start"));
    }

    @Test
    void templatesComeAndGo() throws Exception {
        DescriptorReceiver one = bind("t00001");
        DescriptorReceiver b = bind("b");
        start(1, "default jump-unix:t#//7_");
        assertReceived(one, connect(2));
        for (int i = 0; i < 5; i++) {
            engine.apply(routes("default jump-unix:b"));
            assertReceived(b, connect(2));
            engine.apply(routes("default jump-unix:t#//7_"));
            assertReceived(one, connect(2));
        }
    }

    @Test
    void aThousandChangesLeaveNothingBehind() throws Exception {
        bind("a");
        bind("b");
        start(2, "default jump-unix:a");
        engine.apply(routes("default jump-unix:b"));
        engine.apply(routes("default jump-unix:a"));
        int before = Descriptors.list().size();
        for (int i = 0; i < 1000; i++) {
            engine.apply(routes("port:1 jump-unix:x" + i % 7, "default jump-unix:" + (i % 2 == 0 ? "b" : "a")));
        }
        engine.apply(routes("default jump-unix:a"));
        // Two destination sockets may not have been there before.
        Await.until("all are closed", () -> Descriptors.list().size() <= before + 2);
    }

    @Test
    void tenThousandDestinationsAreChangedForOthers() throws Exception {
        DescriptorReceiver a = bind("a");
        start(1, "default jump-unix:a");
        for (int round = 0; round < 3; round++) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                lines.add("port:" + (i + 1) % 1000 + " ip:::2 jump-unix:r" + round + "." + i);
            }
            lines.add("default jump-unix:a");
            assertEquals(
                    new Engine.Applied(10_000, 1, round == 0 ? 0 : 10_000),
                    engine.apply(routes(lines.toArray(String[]::new))));
            assertReceived(a, connect(3));
        }
    }

    @Test
    void everyConnectionFollowsTheOldRoutesOrTheNew() throws Exception {
        AtomicInteger received = new AtomicInteger();
        Queue<DescriptorReceiver> receivers = new ConcurrentLinkedQueue<>();
        List<Thread> takers = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            takers.add(Thread.ofPlatform().start(() -> {
                try (DescriptorReceiver receiver =
                        DescriptorReceiver.bind(directory.resolve(name).toString())) {
                    receivers.add(receiver);
                    for (int fd = receiver.receive(); fd != DescriptorReceiver.END; fd = receiver.receive()) {
                        received.incrementAndGet();
                        Descriptors.close(fd);
                    }
                }
            }));
        }
        start(2, "default jump-unix:a");
        int clients = 2_000;
        Thread changes = new Thread(() -> {
            try {
                for (int i = 0; received.get() < clients; i++) {
                    engine.apply(routes("default jump-unix:" + (i % 2 == 0 ? "b" : "a")));
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        changes.start();
        for (int i = 0; i < clients; i++) {
            connect().close();
        }
        Await.until("all arrive", () -> received.get() == clients);
        changes.join();
        receivers.forEach(DescriptorReceiver::stop);
        for (Thread taker : takers) {
            taker.join();
        }
        assertEquals(clients, engine.count(Counter.HANDED_OFF));
    }

    @Test
    void anEngineThatHasEndedTakesNoRoutes() throws Exception {
        start(1, "default jump-unix:a");
        engine.close();
        assertNull(engine.apply(routes("default jump-unix:b")));
    }

    private void start(int workers, String... lines) {
        start(workers, new Engine.Context(), lines);
    }

    private void start(int workers, Engine.Context context, String... lines) {
        int listener = TestListener.open();
        port = Sockets.localAddress(listener).port();
        int[][] listeners = new int[workers][];
        Arrays.fill(listeners, new int[] {listener});
        engine = new Engine(context.routes(routes(lines)).log(log).listeners(listeners));
        engine.start();
    }

    private Routes routes(String... lines) {
        String text = "rule-set:0\n" + String.join("\n", lines).replace("jump-unix:", "jump-unix:" + directory + "/");
        Configuration configuration = Configuration.parse(text.getBytes(StandardCharsets.ISO_8859_1), "test", true);
        assertEquals(0, configuration.errorCount(), configuration::renderDiagnostics);
        return configuration.compile();
    }

    /** How many sockets are open that were not before. Others, of tests before, may be closed by the collector. */
    private static long opened(Map<Integer, String> before) {
        return Descriptors.list().entrySet().stream()
                .filter(each -> each.getValue().startsWith("socket:"))
                .filter(each -> !each.getValue().equals(before.get(each.getKey())))
                .count();
    }

    private void awaitWaiting(int count) {
        Await.until("they wait", () -> engine.count(Counter.WAITED) == count);
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
}
