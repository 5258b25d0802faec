package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.handoff.Handoff;
import io.socketbox.handoff.HandoffLimits;
import io.socketbox.handoff.Target;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.HotCalls;
import io.socketbox.observe.Counters;
import io.socketbox.observe.EventLog;
import io.socketbox.route.PathExpansion;
import io.socketbox.testing.TargetOwner;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TemplateCacheTest {
    private static final int CAPACITY = 16;

    private final TargetOwner owner = new TargetOwner();
    private final HotCalls calls = new HotCalls(1);
    private final int epollFd = calls.epollCreate();
    private final Handoff handoff = new Handoff(
            calls,
            epollFd,
            0,
            new HandoffLimits(10, 1_000_000_000L, 100, 100, 4),
            new Counters(),
            new EventLog(new ByteArrayOutputStream()),
            owner);
    private final TemplateCache cache = new TemplateCache(100, CAPACITY);
    private final PathExpansion byLastWord = new PathExpansion("/nowhere/a#//7_");
    private final PathExpansion byPort = new PathExpansion("/nowhere/b#//P_");

    @AfterEach
    void close() {
        handoff.close();
        calls.close(epollFd);
        calls.close();
    }

    @Test
    void connectionsWithTheSamePathShareATarget() {
        Target target = find(byLastWord, 1, 0x5_0007, 80);
        assertEquals("/nowhere/a00007", target.address());
        assertSame(target, find(byLastWord, 2, 0x6_0007, 443));
        assertNotSame(target, find(byLastWord, 1, 8, 80));
        assertNotSame(target, find(byPort, 1, 0x5_0007, 80));
        assertSame(target, cache.byId(target.id()));
    }

    @Test
    void alwaysAnswersWithTheRightPathThoughTheCacheIsSmall() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            PathExpansion template = random.nextBoolean() ? byLastWord : byPort;
            long hi = random.nextInt(3);
            long lo = random.nextInt(40);
            int port = random.nextInt(40);
            Target target = find(template, hi, lo, port);
            assertEquals(template.expand(hi, lo, port), target.address(), "seed " + seed);
            assertSame(target, cache.byId(target.id()));
        }
    }

    @Test
    void targetsWithWaitingConnectionsKeepTheirPlace() {
        for (int i = 0; i < CAPACITY; i++) {
            handoff.deliver(find(byPort, 0, 0, i), Descriptors.eventFd(), 0);
        }
        assertNull(find(byPort, 0, 0, CAPACITY));
        assertEquals("/nowhere/b00003", find(byPort, 0, 0, 3).address());
        handoff.onTimer(2_000_000_000L);
        assertEquals("/nowhere/b00016", find(byPort, 0, 0, CAPACITY).address());
    }

    @Test
    void aTemplateThatIsGoneLeavesWhenNothingWaitsForItsPaths() {
        find(byLastWord, 0, 1, 0);
        handoff.deliver(find(byLastWord, 0, 2, 0), Descriptors.eventFd(), 0);
        handoff.deliver(find(byPort, 0, 0, 3), Descriptors.eventFd(), 0);
        assertFalse(cache.retire(byLastWord, 77, handoff));
        assertTrue(cache.isLeaving(77));
        handoff.onTimer(2_000_000_000L);
        handoff.letGo();
        assertEquals(1, owner.left().size());
        assertEquals(77, owner.left().getFirst().ticket());
        assertFalse(cache.isLeaving(77));
        assertTrue(cache.retire(byPort, 78, handoff), "nothing waits for it by now");
    }

    @Test
    void aTemplateThatComesBackStays() {
        handoff.deliver(find(byPort, 0, 0, 3), Descriptors.eventFd(), 0);
        assertFalse(cache.retire(byPort, 77, handoff));
        cache.keep(byPort);
        assertFalse(cache.isLeaving(77));
        handoff.onTimer(2_000_000_000L);
        handoff.letGo();
        assertEquals(List.of(), owner.left());
    }

    private Target find(PathExpansion template, long hi, long lo, int port) {
        return cache.find(template, hi, lo, port, handoff);
    }
}
