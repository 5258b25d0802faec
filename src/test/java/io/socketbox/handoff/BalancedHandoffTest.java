package io.socketbox.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.Counter;
import io.socketbox.observe.Counters;
import io.socketbox.observe.EventLog;
import io.socketbox.testing.TargetOwner;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Destinations with several members, on a clock that the test turns; the sockets are real. */
class BalancedHandoffTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int PARENT = 1000;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final EventLog log = new EventLog(logged);
    private final Counters counters = new Counters();
    private final HotCalls calls = new HotCalls(16);
    private final int epollFd = calls.epollCreate();
    private final Map<Integer, Target> byId = new HashMap<>();
    private final List<Integer> gone = new ArrayList<>();
    private final Map<Integer, Integer> receivers = new HashMap<>();
    private final TargetOwner owner = new TargetOwner();
    private final Handoff handoff =
            new Handoff(calls, epollFd, 0, new HandoffLimits(1000, 10 * SECOND_NS, 4000, 1, 50), counters, log, owner);
    private long nowNs = 5 * SECOND_NS;

    @AfterEach
    void close() {
        handoff.close();
        byId.values().forEach(target -> handoff.leave(target, nowNs));
        receivers.values().forEach(Descriptors::close);
        Descriptors.close(epollFd);
        calls.close();
    }

    @Test
    void membersTakeTurns() {
        Target pool = pool(Balance.ROUND_ROBIN, 2, 1);
        deliver(pool, 9);
        assertEquals(List.of(6, 3), List.of(receive(0), receive(1)));
    }

    @Test
    void anAbsentMemberIsPassedOverAndLookedForAgain() {
        Target pool = pool(Balance.ROUND_ROBIN, 1, 1, 1);
        Descriptors.close(receivers.remove(1));
        deliver(pool, 12);
        assertEquals(List.of(6, 6), List.of(receive(0), receive(2)));
        assertLogged("pool:p: unix:" + path(1) + ": nobody receives (connect: ECONNREFUSED");
        assertEquals(0, handoff.pendingTotal());
        assertTrue(directory.resolve("m1").toFile().delete());
        bind(1);
        nowNs += SECOND_NS;
        deliver(pool, 12);
        assertTrue(receive(1) >= 3);
        assertLogged("unix:" + path(1) + ": receives again");
    }

    @Test
    void aFullMemberIsPassedOverWhileAnotherHasRoom() {
        Target pool = pool(Balance.ROUND_ROBIN, 1, 1);
        int room = fill(pool);
        assertEquals(0, counters.get(Counter.CLOSED_QUEUE_FULL));
        assertEquals(1, handoff.pendingTotal());
        // Only the second reads from here on, and gets what waits, whoever's turn it would be.
        deliver(pool, 3 * room);
        int received = 0;
        while (handoff.pendingTotal() > 0) {
            received += receive(1);
            turn();
        }
        received += receive(1);
        assertEquals(room + 3 * room + 1 - room / 2, received);
        assertEquals(room / 2, receive(0));
    }

    @Test
    void withoutAnyMemberConnectionsWaitInOrderAndTimeOut() {
        Target group = Target.balanced(PARENT, "group:5", Balance.ROUND_ROBIN);
        deliver(group, 3);
        assertEquals(3, handoff.pendingTotal());
        assertLogged("group:5: nobody receives (no receiver is registered); its connections wait");
        nowNs += 6 * SECOND_NS;
        deliver(group, 2);
        nowNs += 5 * SECOND_NS;
        handoff.onTimer(nowNs);
        assertEquals(3, counters.get(Counter.CLOSED_HANDOFF_TIMEOUT));
        join(group, 1);
        assertEquals(0, handoff.pendingTotal());
        assertEquals(2, receive(1));
        assertLogged("group:5: receives again");
    }

    @Test
    void aReceiverThatIsGoneLeavesTheGroup() {
        Target group = Target.balanced(PARENT, "group:5", Balance.ROUND_ROBIN);
        join(group, 1);
        join(group, 2);
        Descriptors.close(receivers.remove(1));
        deliver(group, 10);
        assertEquals(10, receive(2));
        assertEquals(List.of(1), gone);
        assertEquals(1, group.memberCount());
        Descriptors.close(receivers.remove(2));
        deliver(group, 3);
        assertEquals(3, handoff.pendingTotal());
        join(group, 3);
        assertEquals(3, receive(3));
    }

    /** The payload of the register protocol is another one than that of a datagram socket. */
    @Test
    void registeredReceiversGetTheirOwnPayload() {
        Target group = Target.balanced(PARENT, "group:5", Balance.ROUND_ROBIN);
        join(group, 1);
        deliver(group, 1);
        assertEquals(4, calls.receiveDescriptor(receivers.get(1), false));
        Descriptors.close(calls.receivedFd());
        assertEquals(
                List.of(3, 0, 0, 0),
                List.of(0, 1, 2, 3).stream()
                        .map(i -> (int) calls.payloadByte(i))
                        .toList());
        Target pool = pool(Balance.ROUND_ROBIN, 1);
        deliver(pool, 1);
        assertEquals(1, calls.receiveDescriptor(receivers.get(0), false));
        Descriptors.close(calls.receivedFd());
        assertEquals(0, calls.payloadByte(0));
    }

    @Test
    void aFullReceiverThatDiesIsForgottenByEpollThoughOthersHaveItsDescriptor() {
        Target group = Target.balanced(PARENT, "group:5", Balance.ROUND_ROBIN);
        Target member = join(group, 1);
        int copy = Descriptors.dup(member.socketFd);
        fill(group);
        Descriptors.close(receivers.remove(1));
        turn();
        assertEquals(List.of(1), gone);
        assertEquals(0, calls.epollWait(epollFd, 0));
        assertEquals(1, handoff.pendingTotal());
        Descriptors.close(copy);
    }

    @Test
    void whatWaitsForAClientsMemberGoesToTheOthersWhenThatIsGone() {
        Target group = Target.balanced(PARENT, "group:5", Balance.SOURCE);
        join(group, 1);
        join(group, 2);
        int waiting = fill(group) + 100;
        deliver(group, 100);
        int last = handoff.pendingTotal();
        assertTrue(last >= 100, "all come from one client, so that one of the two has them");
        int owner = group.member(0).isIdle() ? 2 : 1;
        int other = 3 - owner;
        assertEquals(0, receive(other));
        Descriptors.close(receivers.remove(owner));
        turn();
        assertEquals(List.of(owner), gone);
        int received = 0;
        while (handoff.pendingTotal() > 0) {
            received += receive(other);
            turn();
        }
        received += receive(other);
        assertEquals(last, received);
        assertTrue(received < waiting, "what was in its kernel queue is lost");
    }

    @Test
    void whatWaitsForAClientsMemberWaitsForAnyWhenAllAreGone() {
        Target pool = pool(Balance.SOURCE, 1, 1);
        fill(pool);
        deliver(pool, 50);
        int last = handoff.pendingTotal();
        for (int i = 0; i < 2; i++) {
            Descriptors.close(receivers.remove(i));
            assertTrue(directory.resolve("m" + i).toFile().delete());
        }
        for (int i = 0; i < 2; i++) {
            handoff.pathChanged(byId.get(i), nowNs);
        }
        assertEquals(last, handoff.pendingTotal());
        turn();
        assertLogged("pool:p: nobody receives (connect: ENOENT");
        bind(0);
        handoff.pathChanged(byId.get(0), nowNs);
        int received = 0;
        for (int i = 0; i < 100 && handoff.pendingTotal() > 0; i++) {
            nowNs += SECOND_NS / 50;
            turn();
            received += receive(0);
        }
        assertEquals(last, received + receive(0));
        assertEquals(0, counters.get(Counter.CLOSED_QUEUE_FULL));
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void choosingAllocatesNothing(Balance balance) {
        Target group = Target.balanced(PARENT, "group:5", balance);
        for (int id = 1; id <= 3; id++) {
            join(group, id);
        }
        int[] fds = {receivers.get(1), receivers.get(2), receivers.get(3)};
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long allocated = Long.MAX_VALUE;
        // The compiler may need some rounds until it sees that what a call allocates does not escape.
        for (int round = 0; round < 50 && allocated != 0; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            deliverAndReceive(group, fds);
            allocated = threads.getThreadAllocatedBytes(thread) - before;
        }
        assertEquals(0, allocated);
    }

    private void deliverAndReceive(Target group, int[] fds) {
        for (int i = 0; i < 10_000; i++) {
            int connection = calls.socket(Sockets.AF_UNIX, Sockets.STREAM | Sockets.CLOEXEC, 0);
            handoff.deliver(group, connection, nowNs);
            for (int fd : fds) {
                if (calls.receiveDescriptor(fd, false) > 0) {
                    calls.close(calls.receivedFd());
                }
            }
        }
    }

    private Target pool(Balance balance, int... weights) {
        Target pool = Target.balanced(PARENT, "pool:p", balance);
        for (int i = 0; i < weights.length; i++) {
            bind(i);
            Target member = Target.unixSocket(i, path(i));
            byId.put(i, member);
            pool.addMember(member, weights[i], member.address());
        }
        return pool;
    }

    private String path(int id) {
        return directory.resolve("m" + id).toString();
    }

    private void bind(int id) {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
        Sockets.bindUnix(fd, path(id));
        receivers.put(id, fd);
    }

    private Target join(Target group, int id) {
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.SEQPACKET);
        receivers.put(id, pair[0]);
        Target member = Target.registered(id, pair[1], "receiver " + id, () -> gone.add(id));
        byId.put(id, member);
        group.addMember(member, 1, "seat " + id);
        handoff.joined(member, nowNs);
        return member;
    }

    private void deliver(Target target, int connections) {
        for (int i = 0; i < connections; i++) {
            handoff.deliver(target, Descriptors.eventFd(), nowNs);
        }
    }

    /** Delivers until one waits; returns how many there was room for. */
    private int fill(Target target) {
        int before = (int) counters.get(Counter.HANDED_OFF);
        while (handoff.pendingTotal() == 0) {
            deliver(target, 1);
        }
        return (int) counters.get(Counter.HANDED_OFF) - before;
    }

    /** One turn of a dispatcher. */
    private void turn() {
        int events = calls.epollWait(epollFd, 0);
        int[] ids = new int[events];
        for (int i = 0; i < events; i++) {
            ids[i] = (int) calls.eventData(i);
        }
        for (int id : ids) {
            handoff.onEvent(byId.get(id), nowNs);
        }
        handoff.onTimer(nowNs);
    }

    /** Takes everything out of a receiver's queue. */
    private int receive(int id) {
        int count = 0;
        while (calls.receiveDescriptor(receivers.get(id), false) > 0) {
            Descriptors.close(calls.receivedFd());
            count++;
        }
        return count;
    }

    private void assertLogged(String text) {
        log.drain(System.nanoTime());
        String all = logged.toString(StandardCharsets.UTF_8);
        assertTrue(all.contains(text), all);
    }
}
