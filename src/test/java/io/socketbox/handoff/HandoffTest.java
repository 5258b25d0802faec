package io.socketbox.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.Counter;
import io.socketbox.observe.Counters;
import io.socketbox.observe.EventLog;
import io.socketbox.testing.TargetOwner;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues, shares and timers, on a clock that the test turns; the sockets are real. */
class HandoffTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Counters counters = new Counters();
    private final HotCalls calls = new HotCalls(16);
    private final int epollFd = calls.epollCreate();
    private final List<Integer> receivers = new ArrayList<>();
    private final TargetOwner owner = new TargetOwner();
    private Handoff handoff;
    private long nowNs = 5 * SECOND_NS;

    @AfterEach
    void close() {
        handoff.close();
        receivers.forEach(Descriptors::close);
        Descriptors.close(epollFd);
        calls.close();
    }

    @Test
    void aDestinationThatStandsStillMayHoldHalfOfTheBudget() {
        open(new HandoffLimits(100, 60 * SECOND_NS, 20, 1, 10));
        Target stuck = absent(0);
        deliver(stuck, 1);
        nowNs += 2 * SECOND_NS;
        deliver(stuck, 30);
        assertEquals(10, handoff.pendingTotal());
        assertEquals(21, counters.get(Counter.CLOSED_SHARE_EXCEEDED));
        assertFalse(handoff.mustPause(nowNs));
    }

    @Test
    void everyStuckDestinationLeavesRoomForAnother() {
        open(new HandoffLimits(100, 60 * SECOND_NS, 64, 1, 10));
        for (int id = 0; id < 5; id++) {
            Target stuck = absent(id);
            deliver(stuck, 1);
            nowNs += 2 * SECOND_NS;
            deliver(stuck, 100);
            assertTrue(handoff.pendingTotal() < 64);
        }
        Target healthy = receiving(5);
        deliver(healthy, 3);
        assertEquals(3, counters.get(Counter.HANDED_OFF));
        assertFalse(handoff.mustPause(nowNs));
    }

    @Test
    void aDestinationThatMovesPausesAcceptingInsteadOfLosing() {
        open(new HandoffLimits(100, 60 * SECOND_NS, 20, 1, 10));
        Target slow = absent(0);
        while (!handoff.mustPause(nowNs)) {
            deliver(slow, 1);
        }
        assertEquals(0, counters.get(Counter.CLOSED_SHARE_EXCEEDED));
        assertEquals(11, handoff.pendingTotal());
        nowNs += 2 * SECOND_NS;
        assertFalse(handoff.mustPause(nowNs), "it has not moved for a second");
    }

    @Test
    void aRetiredTargetIsClosedOnceNothingWaits() {
        open(new HandoffLimits(100, 60 * SECOND_NS, 20, 1, 10));
        Target busy = absent(0);
        deliver(busy, 3);
        assertFalse(handoff.retire(busy, 7));
        handoff.letGo();
        assertTrue(busy.isLeaving());
        assertEquals(1, owner.watched().size());
        nowNs += 61 * SECOND_NS;
        handoff.onTimer(nowNs);
        handoff.letGo();
        assertEquals(List.of(busy), owner.left());
        assertEquals(7, busy.ticket());
        assertEquals(List.of(), owner.watched());
        assertTrue(handoff.retire(receiving(1), 8));
    }

    @Test
    void aRetiredTargetThatIsKeptStays() {
        open(new HandoffLimits(100, 60 * SECOND_NS, 20, 1, 10));
        Target target = absent(0);
        deliver(target, 3);
        handoff.retire(target, 7);
        target.keep();
        handoff.letGo();
        handoff.retire(target, 8);
        nowNs += 61 * SECOND_NS;
        handoff.onTimer(nowNs);
        handoff.letGo();
        handoff.letGo();
        assertEquals(List.of(target), owner.left());
    }

    @Test
    void pathsMadeByTemplatesShareASmallBudgetWhileAbsent() {
        open(new HandoffLimits(100, 60 * SECOND_NS, 50, 4, 10));
        for (int id = 0; id < 10; id++) {
            deliver(Target.fromTemplate(id, path("absent" + id), "template"), 1);
        }
        assertEquals(4, handoff.pendingTotal());
        assertEquals(6, counters.get(Counter.CLOSED_ABSENT_PATH));
        deliver(absent(10), 5);
        assertEquals(9, handoff.pendingTotal());
        nowNs += 61 * SECOND_NS;
        handoff.onTimer(nowNs);
        assertEquals(0, handoff.pendingTotal());
        deliver(Target.fromTemplate(11, path("absent11"), "template"), 1);
        assertEquals(1, handoff.pendingTotal());
    }

    @Test
    void reconnectsOnATimerWhileSomethingWaits() {
        open(new HandoffLimits(100, 10 * SECOND_NS, 50, 4, 10));
        Target target = absent(0);
        deliver(target, 3);
        assertTrue(handoff.nextTimerNs() <= nowNs + 50_000_000L);
        bind("absent0");
        nowNs = handoff.nextTimerNs();
        handoff.onTimer(nowNs);
        assertEquals(0, handoff.pendingTotal());
        assertEquals(3, counters.get(Counter.HANDED_OFF));
        assertEquals(1, counters.get(Counter.RECONNECTS));
        nowNs += SECOND_NS;
        handoff.onTimer(nowNs);
        assertEquals(Long.MAX_VALUE, handoff.nextTimerNs());
    }

    @Test
    void connectionsTimeOutInTheOrderOfTheirArrival() {
        open(new HandoffLimits(100, 10 * SECOND_NS, 50, 4, 10));
        Target target = absent(0);
        deliver(target, 2);
        nowNs += 6 * SECOND_NS;
        deliver(target, 3);
        nowNs += 5 * SECOND_NS;
        handoff.onTimer(nowNs);
        assertEquals(2, counters.get(Counter.CLOSED_HANDOFF_TIMEOUT));
        assertEquals(3, handoff.pendingTotal());
    }

    @Test
    void destinationsBeyondTheLimitTakeTurnsWithTheOpenSockets() {
        open(new HandoffLimits(100, 10 * SECOND_NS, 50, 4, 3));
        List<Target> targets = new ArrayList<>();
        for (int id = 0; id < 20; id++) {
            targets.add(receiving(id));
        }
        for (int round = 0; round < 5; round++) {
            targets.forEach(target -> deliver(target, 1));
        }
        assertEquals(100, counters.get(Counter.HANDED_OFF));
        assertEquals(3, targets.stream().filter(target -> target.socketFd >= 0).count());
        assertEquals(20, owner.watched().size());
    }

    @Test
    void aFullReceiverIsServedAgainWhenItReads() {
        open(new HandoffLimits(100, 10 * SECOND_NS, 90, 4, 3));
        Target target = receiving(0);
        deliver(target, 60);
        int handedOff = (int) counters.get(Counter.HANDED_OFF);
        assertTrue(handedOff < 60);
        assertEquals(60 - handedOff, handoff.pendingTotal());
        for (int received = 0; received < 60; received++) {
            assertEquals(1, calls.receiveDescriptor(receivers.getFirst(), true));
            Descriptors.close(calls.receivedFd());
            if (calls.epollWait(epollFd, 0) == 1) {
                assertEquals(target.id(), (int) calls.eventData(0));
                handoff.onEvent(target, nowNs);
            }
        }
        assertEquals(60, counters.get(Counter.HANDED_OFF));
        assertEquals(0, calls.epollWait(epollFd, 0));
    }

    @Test
    void whatStillWaitsAtTheEndIsCountedAndLogged() {
        open(new HandoffLimits(100, 10 * SECOND_NS, 50, 4, 3));
        deliver(absent(0), 4);
        handoff.close();
        assertEquals(4, counters.get(Counter.CLOSED_AT_EXIT));
    }

    @Test
    void aSocketOfAnotherTypeIsNamedInTheLog() {
        int stream = Sockets.socket(Sockets.AF_UNIX, Sockets.STREAM);
        receivers.add(stream);
        Sockets.bindUnix(stream, path("stream"));
        Sockets.listen(stream, 1);
        EventLog log = open(new HandoffLimits(100, 10 * SECOND_NS, 50, 4, 3));
        deliver(Target.unixSocket(0, path("stream")), 1);
        log.finish();
        String text = logged.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("EPROTOTYPE") && text.contains("a datagram socket is needed there"), text);
    }

    private EventLog open(HandoffLimits limits) {
        EventLog log = new EventLog(logged);
        handoff = new Handoff(calls, epollFd, 0, limits, counters, log, owner);
        return log;
    }

    private void deliver(Target target, int connections) {
        for (int i = 0; i < connections; i++) {
            handoff.deliver(target, Descriptors.eventFd(), nowNs);
        }
    }

    private Target absent(int id) {
        return Target.unixSocket(id, path("absent" + id));
    }

    private Target receiving(int id) {
        bind("receiver" + id);
        return Target.unixSocket(id, path("receiver" + id));
    }

    private void bind(String name) {
        int receiver = Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
        receivers.add(receiver);
        Sockets.bindUnix(receiver, path(name));
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }
}
