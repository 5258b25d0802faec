package io.socketbox.it;

import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Rate limits. A client of an AnyIP address has that address itself, so that each IPv4 target is a client of its own.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>past a rate, close</td><td>no more pass than burst and rate allow, the others are closed and counted</td></tr>
 * <tr><td>past a rate, wait</td><td>the same, and none is lost</td></tr>
 * <tr><td>one client in excess</td><td>all others get all of theirs</td></tr>
 * <tr><td>a rule in excess</td><td>other rules get all of theirs, and those that wait pass at the end</td></tr>
 * <tr><td>two workers</td><td>have one bucket</td></tr>
 * </table>
 */
class LimitIT {
    private static final List<InetSocketAddress> ONE = List.of(at("192.0.2.1", 80));
    private static final List<InetSocketAddress> OTHERS =
            IntStream.range(2, 52).mapToObj(i -> at("192.0.2." + i, 80)).toList();

    @Test
    void noMorePassThanTheRateAllows() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess server = scene.server("""
                    limit:web rate:100/s burst:20 over:close
                    rule-set:0
                    default jump-unix:@r use-limit:web
                    """);
            long beganNs = System.nanoTime();
            Result result = LoadClient.run(scene.netns(), OTHERS, 3_000, 8, 600_000);
            assertWithin(20, 100, result.answered(), beganNs);
            assertTrue(result.answered() >= 20, result::toString);
            assertEquals(3_000, result.answered() + result.closed() + result.reset(), result::toString);
            server.terminate();
            int refused = 3_000 - result.answered();
            server.awaitLine(line -> line.contains("closed, past a rate: " + refused));
            server.awaitLine(line -> line.contains("limit:web: connection closed, past its rate"));
        }
    }

    @Test
    void whatIsPastTheRateForAllWaitsAndNoneIsLost() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess server = scene.server("""
                    limit:all rate:100/s burst:20
                    limit-all:all
                    rule-set:0
                    default jump-unix:@r
                    """);
            long beganNs = System.nanoTime();
            Result result = LoadClient.run(scene.netns(), OTHERS, 400, 100, 600_000);
            assertEquals(400, result.answered(), result::toString);
            assertWithin(20, 100, 400, beganNs);
            server.terminate();
            server.awaitLine(line -> line.contains("accepted: 400; handed off: 400"));
        }
    }

    @Test
    void whatIsPastARulesRateWaitsAndNoneIsLost() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            scene.server("""
                    limit:web rate:100/s burst:20
                    rule-set:0
                    default jump-unix:@r use-limit:web
                    """, "--handoff-timeout", "10m");
            long beganNs = System.nanoTime();
            Result result = LoadClient.run(scene.netns(), OTHERS, 400, 100, 600_000);
            assertEquals(400, result.answered(), result::toString);
            assertWithin(20, 100, 400, beganNs);
        }
    }

    private static void assertWithin(int burst, int perSecond, int passed, long beganNs) {
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        assertTrue(passed <= burst + perSecond * seconds, passed + " in " + seconds + " s");
    }

    @Test
    void anAbusiveClientIsClosedAndNobodyElseNoticesIt() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess server = scene.server("""
                    limit:fair client-rate:4/h client-burst:20
                    limit-all:fair
                    rule-set:0
                    default jump-unix:@r
                    """);
            LoadClient abusive = LoadClient.start(scene.netns(), ONE, 500, 50, 600_000);
            Result others = LoadClient.run(scene.netns(), OTHERS, 500, 10, 600_000);
            assertEquals(500, others.answered(), others::toString);
            Result result = abusive.result();
            assertEquals(20, result.answered(), result::toString);
            assertEquals(480, result.closed() + result.reset(), result::toString);
            server.terminate();
            server.awaitLine(line -> line.contains("closed, past the rate of a client: 480"));
        }
    }

    @Test
    void anAbusiveClientThatMayWaitDelaysNobodyElse() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess server = scene.server("""
                    limit:fair client-rate:4/h client-burst:20 client-over:wait
                    limit-all:fair
                    rule-set:0
                    default jump-unix:@r
                    """, "--handoff-timeout", "1000m");
            LoadClient abusive = LoadClient.start(scene.netns(), ONE, 500, 500, 600_000);
            Await.until("twenty passed, twenty wait, the rest is closed", () -> abusive.finished() == 480);
            Result others = LoadClient.run(scene.netns(), OTHERS, 500, 10, 600_000);
            assertEquals(500, others.answered(), others::toString);
            assertEquals(480, abusive.finished());
            server.terminate();
            Result result = abusive.result();
            assertEquals(40, result.answered(), result::toString);
        }
    }

    @Test
    void aRulePastItsRateDelaysNoOtherRule() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            scene.fast("slow");
            ServerProcess server = scene.server("""
                    limit:slow rate:4/h burst:5
                    rule-set:0
                    ip:192.0.2.1 jump-unix:@slow use-limit:slow
                    default jump-unix:@r
                    """, "--handoff-timeout", "1000m", "--queue", "50");
            LoadClient slow = LoadClient.start(scene.netns(), ONE, 200, 200, 600_000);
            Await.until("five passed, fifty wait, the rest is closed", () -> slow.finished() == 150);
            Result others = LoadClient.run(scene.netns(), OTHERS, 1_000, 20, 600_000);
            assertEquals(1_000, others.answered(), others::toString);
            assertEquals(150, slow.finished());
            server.terminate();
            Result result = slow.result();
            assertEquals(55, result.answered(), result::toString);
        }
    }

    @Test
    void workersShareALimit() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            scene.server("""
                    limit:few rate:4/h burst:60 over:close
                    rule-set:0
                    default jump-unix:@r use-limit:few
                    """, "-w", "2", "-r");
            Result result = LoadClient.run(scene.netns(), OTHERS, 500, 20, 600_000);
            assertEquals(60, result.answered(), result::toString);
        }
    }
}
