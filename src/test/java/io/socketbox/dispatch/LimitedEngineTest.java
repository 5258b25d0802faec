package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.config.Configuration;
import io.socketbox.handoff.DescriptorReceiver;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.Counter;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Overview;
import io.socketbox.route.Routes;
import io.socketbox.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rate limits in an engine on real sockets. Rates of a few an hour stand for buckets that do not fill up in a test. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LimitedEngineTest {
    private static final long HOURS_NS = 3_600_000_000_000L;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final EventLog log = new EventLog(logged);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private DescriptorReceiver receiver;
    private Engine engine;
    private int port;

    @BeforeEach
    void bind() {
        receiver = DescriptorReceiver.bind(directory.resolve("a.sock").toString());
        opened.add(receiver);
    }

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
    void whatIsPastARateIsClosedCountedAndLogged() throws Exception {
        start("limit:few rate:1/h burst:3 over:close\n", "use-limit:few", 1);
        List<Socket> clients = connect(10);
        assertReceived(clients.subList(0, 3));
        assertClosed(clients.subList(3, 10));
        awaitCount(7, Counter.CLOSED_RATE_LIMIT);
        await(() -> logged.toString(StandardCharsets.UTF_8).contains("limit:few: connection closed, past its rate"));
    }

    @Test
    void aLimitThatANewConfigurationKeepsGoesOnAndAnotherBeginsAnew() throws Exception {
        String few = "limit:few rate:1/h burst:3 over:close\n";
        start(few, "use-limit:few", 1);
        assertReceived(connect(2));
        engine.apply(routes("limit:other rate:1/h burst:9\n" + few, "use-limit:few"));
        List<Socket> clients = connect(3);
        assertReceived(clients.subList(0, 1));
        assertClosed(clients.subList(1, 3));
        engine.apply(routes("limit:few rate:1/h burst:4 over:close\n", "use-limit:few"));
        clients = connect(5);
        assertReceived(clients.subList(0, 4));
        assertClosed(clients.subList(4, 5));
        engine.apply(routes("", ""));
        assertReceived(connect(5));
        awaitCount(3, Counter.CLOSED_RATE_LIMIT);
    }

    @Test
    void whatIsPastAClientsRateIsClosedCountedAndLogged() throws Exception {
        start("limit:few client-rate:1/h client-burst:3 clients:16\n", "use-limit:few", 1);
        List<Socket> clients = connect(10);
        assertReceived(clients.subList(0, 3));
        assertClosed(clients.subList(3, 10));
        awaitCount(7, Counter.CLOSED_CLIENT_RATE_LIMIT);
        await(() -> logged.toString(StandardCharsets.UTF_8)
                .contains("limit:few: connection closed, past the rate of one client"));
    }

    @Test
    void whatIsPastARatePassesInOrderWhenItsTokensCome() throws Exception {
        long beganNs = System.nanoTime();
        start("limit:slow rate:20/s burst:2\n", "use-limit:slow", 1);
        List<Socket> clients = connect(30);
        for (int i = 0; i < clients.size(); i++) {
            assertReceived(clients.subList(i, i + 1));
            assertWithinRate(i + 1, 2, 20, beganNs);
        }
        assertTurns(30);
        awaitCount(30, Counter.HANDED_OFF);
    }

    @Test
    void whatIsPastTheRateForAllWaitsInTheBacklog() throws Exception {
        long beganNs = System.nanoTime();
        start("limit:all rate:20/s burst:2\nlimit-all:all\n", "", 1);
        List<Socket> clients = connect(30);
        for (int i = 0; i < clients.size(); i++) {
            assertReceived(clients.subList(i, i + 1));
            assertWithinRate(engine.count(Counter.ACCEPTED), 2, 20, beganNs);
        }
        assertEquals(0, engine.count(Counter.DELAYED));
        assertTurns(30);
    }

    /** The dispatcher rests while it waits: it turns a few times for each connection. */
    private void assertTurns(int connections) {
        long turns = Overview.of(engine.statistics()).turns().getFirst().count();
        assertTrue(turns < 10 * connections, turns + " turns");
    }

    @Test
    void noListenerGetsAllTheTokens() throws Exception {
        int[] listeners = {TestListener.open(), TestListener.open(), TestListener.open()};
        int[] ports = Arrays.stream(listeners)
                .map(listener -> Sockets.localAddress(listener).port())
                .toArray();
        run(routes("limit:all rate:20/s burst:1\nlimit-all:all\n", ""), 4096, new int[][] {listeners});
        for (int each : ports) {
            port = each;
            connect(10);
        }
        Set<Integer> first = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            int fd = receiver.receive();
            if (i < 15) {
                first.add(Sockets.localAddress(fd).port());
            }
            Descriptors.close(fd);
        }
        assertEquals(3, first.size(), first::toString);
    }

    @Test
    void aConnectionThatOneLimitClosesTakesNoTokenOfTheOther() throws Exception {
        start(
                "limit:all rate:1/h burst:3 over:close\nlimit-all:all\nlimit:own client-rate:1/h client-burst:5\n",
                "use-limit:own",
                1);
        List<Socket> clients = connect(10);
        assertReceived(clients.subList(0, 3));
        assertClosed(clients.subList(3, 10));
        awaitCount(7, Counter.CLOSED_RATE_LIMIT); // none is past its client's five
    }

    @Test
    void whoWaitsForALimitIsPending() throws Exception {
        start("limit:few rate:1/h burst:1\n", "use-limit:few", 1);
        connect(3);
        awaitCount(2, Counter.DELAYED);
        await(() -> Overview.of(engine.statistics()).pending() == 2);
        assertEquals("3: 3 = 1 handed off, 2 wait, 0 closed", RuleLines.of(engine));
        engine.drain();
        receive(3);
        assertEquals(Engine.End.DRAINED, engine.awaitEnd());
        assertEquals(0, Overview.of(engine.statistics()).pending());
        assertEquals("3: 3 = 3 handed off, 0 wait, 0 closed", RuleLines.of(engine));
    }

    private static void assertWithinRate(long passed, int burst, int perSecond, long beganNs) {
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        assertTrue(passed <= burst + perSecond * seconds, passed + " after " + seconds + " s");
    }

    @Test
    void theEndLetsThroughWhoWaitsInTheBacklog() throws Exception {
        start("limit:all rate:1/h burst:2\nlimit-all:all\n", "", 1);
        List<Socket> clients = connect(10);
        assertReceived(clients.subList(0, 2));
        await(() -> engine.count(Counter.RATE_PAUSES) > 0);
        awaitCount(2, Counter.ACCEPTED);
        engine.drain();
        assertReceived(clients.subList(2, 10));
        assertEquals(Engine.End.DRAINED, engine.awaitEnd());
    }

    @Test
    void theEndLetsThroughWhoWaitsForAToken() throws Exception {
        start("limit:few rate:1/h burst:2\n", "use-limit:few", 1);
        List<Socket> clients = connect(10);
        assertReceived(clients.subList(0, 2));
        assertClosed(clients.subList(5, 10));
        awaitCount(3, Counter.DELAYED); // an hour each, and three and a half is what they may wait
        awaitCount(5, Counter.CLOSED_RATE_LIMIT);
        engine.drain();
        assertReceived(clients.subList(2, 5));
        assertEquals(Engine.End.DRAINED, engine.awaitEnd());
    }

    @Test
    void whoLeftWhileHeWaitedIsNotHandedOver() throws Exception {
        start("limit:few rate:1/h burst:1\n", "use-limit:few", 1);
        List<Socket> clients = connect(2);
        assertReceived(clients.subList(0, 1));
        awaitCount(1, Counter.DELAYED);
        clients.get(1).setSoLinger(true, 0);
        clients.get(1).close();
        engine.drain();
        assertEquals(Engine.End.DRAINED, engine.awaitEnd());
        awaitCount(1, Counter.CLOSED_CLIENT_GONE);
        awaitCount(1, Counter.HANDED_OFF);
        assertEquals("3: 2 = 1 handed off, 0 wait, 1 closed", RuleLines.of(engine));
    }

    @Test
    void whoIsClosedTakesNothingFromTheRateForAll() throws Exception {
        start(
                "limit:all rate:1/h burst:5\nlimit-all:all\nlimit:none client-rate:1/h client-burst:1\n",
                "use-limit:none",
                1);
        List<Socket> clients = connect(20);
        assertReceived(clients.subList(0, 1));
        assertClosed(clients.subList(1, 20));
        awaitCount(20, Counter.ACCEPTED);
        assertEquals(0, engine.count(Counter.RATE_PAUSES));
    }

    @Test
    void asManyWaitAsTheQueueHolds() throws Exception {
        engine(routes("limit:few rate:1/h burst:1\n", "use-limit:few"), 1, 2);
        List<Socket> clients = connect(10);
        assertReceived(clients.subList(0, 1));
        assertClosed(clients.subList(3, 10));
        awaitCount(2, Counter.DELAYED);
    }

    @Test
    void severalWorkersShareALimit() throws Exception {
        start("limit:few rate:1/h burst:20 over:close\n", "use-limit:few", 3);
        connect(100);
        awaitCount(80, Counter.CLOSED_RATE_LIMIT);
        receive(20);
    }

    @Test
    void severalWorkersShareTheLimitForAll() throws Exception {
        start("limit:few rate:1/h burst:20\nlimit-all:few\n", "", 3);
        connect(100);
        receive(20);
        await(() -> engine.count(Counter.RATE_PAUSES) > 0);
        awaitCount(20, Counter.HANDED_OFF);
        // Each worker but the one that had the last token may have accepted one, which waits.
        assertTrue(engine.count(Counter.DELAYED) <= 2);
        assertTrue(engine.count(Counter.ACCEPTED) <= 22);
        engine.drain();
        receive(80);
    }

    private void receive(int connections) {
        for (int i = 0; i < connections; i++) {
            Descriptors.close(receiver.receive());
        }
    }

    @Test
    void aLimitThatStaysGoesOnWithWhatWasUsedUp() throws Exception {
        String few = "limit:few rate:1/h burst:3 over:close\n";
        start(few, "use-limit:few", 2);
        connect(3);
        receive(3); // Two dispatchers keep no order.
        engine.apply(routes("limit:other rate:9/s\nlimit-all:other\n" + few, "use-limit:few"));
        assertClosed(connect(2));
        // The clients see it before it is counted.
        await(() -> engine.limits().getLast().pastRate() == 2);
        engine.apply(routes("limit:few rate:1/h burst:4 over:close\n", "use-limit:few"));
        connect(4);
        receive(4);
        assertClosed(connect(1));
        engine.apply(routes("", ""));
        connect(9);
        receive(9);
        assertEquals(List.of(), engine.limits());
    }

    @Test
    void acceptingPausesForAsLongAsTheLimitForAllIsThere() throws Exception {
        String all = "limit:all rate:1/h burst:2\nlimit-all:all\n";
        start(all, "", 1);
        List<Socket> clients = connect(5);
        assertReceived(clients.subList(0, 2));
        awaitCount(1, Counter.RATE_PAUSES);
        for (int i = 0; i < 5; i++) {
            engine.apply(routes(all, ""));
            engine.turn().get();
        }
        assertEquals(2, engine.count(Counter.ACCEPTED));
        engine.apply(routes("", ""));
        assertReceived(clients.subList(2, 5));
    }

    @Test
    void whoWaitsForALimitThatIsGoneGoesOnWaitingAndWhereTheRulesSayThen() throws Exception {
        DescriptorReceiver other =
                DescriptorReceiver.bind(directory.resolve("b.sock").toString());
        opened.add(other);
        start("limit:few rate:1/h burst:1\n", "use-limit:few", 1);
        List<Socket> clients = connect(2);
        assertReceived(clients.subList(0, 1));
        awaitCount(1, Counter.DELAYED);
        String text = "rule-set:0\n\n\ndefault jump-unix:" + directory.resolve("b.sock") + "\n";
        engine.apply(Configuration.parse(text.getBytes(StandardCharsets.UTF_8), "a.conf", false)
                .compile());
        engine.turn().get();
        assertEquals(1, engine.count(Counter.HANDED_OFF));
        assertEquals("", RuleLines.of(engine));
        engine.drain();
        int fd = other.receive();
        assertEquals(clients.getLast().getLocalPort(), Sockets.peerAddress(fd).port());
        Descriptors.close(fd);
        assertEquals(Engine.End.DRAINED, engine.awaitEnd());
        assertEquals("4: 1 = 1 handed off, 0 wait, 0 closed", RuleLines.of(engine));
    }

    @Test
    void limitsAllocateNothingForAConnection() throws Exception {
        start(
                "limit:all rate:1000000/s client-rate:1000000/s\nlimit-all:all\n"
                        + "limit:a rate:1000000/s client-rate:1000000/s over:close\n",
                "use-limit:a",
                1);
        handOver(3_000);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long dispatcher = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("dispatcher-0"))
                .findFirst()
                .orElseThrow()
                .threadId();
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 50 && allocated != 0; round++) {
            long before = threads.getThreadAllocatedBytes(dispatcher);
            handOver(3_000);
            allocated = threads.getThreadAllocatedBytes(dispatcher) - before;
        }
        assertEquals(0, allocated);
    }

    private void handOver(int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            try (Socket client = new Socket(InetAddress.ofLiteral("::1"), port)) {
                assertReceived(List.of(client));
            }
        }
    }

    private Routes routes(String limits, String use) {
        String text = limits + "rule-set:0\ndefault jump-unix:" + directory.resolve("a.sock") + " " + use + "\n";
        return Configuration.parse(text.getBytes(StandardCharsets.UTF_8), "a.conf", false)
                .compile();
    }

    private void start(String limits, String use, int workers) {
        engine(routes(limits, use), workers, 4096);
    }

    private void engine(Routes routes, int workers, int queue) {
        int listener = TestListener.open();
        port = Sockets.localAddress(listener).port();
        int[][] rows = new int[workers][];
        Arrays.fill(rows, new int[] {listener});
        run(routes, queue, rows);
    }

    private void run(Routes routes, int queue, int[][] listeners) {
        engine = new Engine(new Engine.Context()
                .routes(routes)
                .log(log)
                .detailed(true)
                .queueLimit(queue)
                .handoffTimeoutNs(7 * HOURS_NS / 2)
                .listeners(listeners));
        engine.start();
    }

    private List<Socket> connect(int count) throws IOException {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket client = new Socket(InetAddress.ofLiteral("::1"), port);
            opened.add(client);
            clients.add(client);
        }
        return clients;
    }

    private void assertReceived(List<Socket> clients) {
        for (Socket client : clients) {
            int fd = receiver.receive();
            assertEquals(client.getLocalPort(), Sockets.peerAddress(fd).port());
            Descriptors.close(fd);
        }
    }

    private static void assertClosed(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            assertEquals(-1, client.getInputStream().read());
        }
    }

    private void awaitCount(long expected, Counter counter) {
        Await.until(counter + " is " + expected, () -> engine.count(counter) == expected);
    }

    private static void await(BooleanSupplier condition) {
        Await.until("the engine's counters", condition);
    }
}
