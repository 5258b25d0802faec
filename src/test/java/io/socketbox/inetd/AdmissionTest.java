package io.socketbox.inetd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.inetd.Connection.ClientAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final ClientAddress A = new ClientAddress(0, 1);
    private static final ClientAddress B = new ClientAddress(0, 2);

    private static List<Integer> startAll(Admission admission) {
        List<Integer> started = new ArrayList<>();
        for (Connection next = admission.next(); next != null; next = admission.next()) {
            started.add(next.fd());
            admission.started();
        }
        return started;
    }

    @Test
    void clientsThatHaveTheirShareWaitAndOthersPassBy() {
        Admission admission = new Admission(new Limits(10, 1, 10));
        admission.admit(new Connection(1, A, 0));
        admission.admit(new Connection(2, A, 0));
        admission.admit(new Connection(3, B, 0));
        assertEquals(List.of(1, 3), startAll(admission));
        admission.ended(B);
        assertNull(admission.next());
        admission.ended(A);
        assertEquals(List.of(2), startAll(admission));
    }

    @Test
    void atTheLimitNothingIsWanted() {
        Admission admission = new Admission(new Limits(2, 0, 10));
        admission.admit(new Connection(1, A, 0));
        assertTrue(admission.hasRoom());
        admission.admit(new Connection(2, A, 0));
        assertFalse(admission.hasRoom());
        assertEquals(List.of(1, 2), startAll(admission));
        admission.ended(A);
        assertTrue(admission.hasRoom());
    }

    @Test
    void aFullQueueHoldsBack() {
        Admission admission = new Admission(new Limits(10, 1, 2));
        for (ClientAddress client : List.of(A, A, B)) {
            assertTrue(admission.admit(new Connection(1, client, 0)));
            assertTrue(admission.hasRoom());
        }
        assertTrue(admission.admit(new Connection(2, B, 0)));
        assertFalse(admission.hasRoom());
    }

    @Test
    void oneClientCannotFillTheQueue() {
        Admission admission = new Admission(new Limits(10, 1, 5));
        for (int fd = 1; fd <= 3; fd++) {
            assertTrue(admission.admit(new Connection(fd, A, 0)));
        }
        assertFalse(admission.admit(new Connection(4, A, 0)));
        assertEquals(3, admission.held());
        assertTrue(admission.hasRoom());
        assertTrue(admission.admit(new Connection(5, B, 0)));
        assertEquals(List.of(1, 5), startAll(admission));
        admission.ended(A);
        assertTrue(admission.admit(new Connection(6, A, 0)));
        assertEquals(List.of(2), startAll(admission));
    }

    @Test
    void theQueueLeavesDescriptorsForOthers() {
        assertEquals(new Limits(10, 1, 50), new Limits(10, 1, 8192).within(100));
        assertEquals(new Limits(10, 1, 40), new Limits(10, 1, 40).within(100));
        assertEquals(new Limits(10, 1, 2), new Limits(10, 1, 40).within(2));
    }

    @Test
    void countsTheChildrenOfAClient() {
        Admission admission = new Admission(Limits.DEFAULT);
        admission.admit(new Connection(1, A, 0));
        assertEquals(1, admission.childrenOfNext());
        admission.started();
        admission.admit(new Connection(2, A, 0));
        assertEquals(2, admission.childrenOfNext());
        admission.ended(A);
        assertEquals(1, admission.childrenOfNext());
    }

    @Test
    void aFailedStartGivesTheTurnToTheNextOfTheClient() {
        Admission admission = new Admission(new Limits(10, 1, 10));
        admission.admit(new Connection(1, A, 0));
        admission.admit(new Connection(2, A, 0));
        admission.failed();
        assertEquals(2, admission.next().fd());
    }

    @Test
    void widerLimitsLetWaitingOnesGo() {
        Admission admission = new Admission(new Limits(10, 1, 10));
        for (int fd = 1; fd <= 4; fd++) {
            admission.admit(new Connection(fd, A, 0));
        }
        assertEquals(List.of(1), startAll(admission));
        admission.limits(new Limits(10, 3, 10));
        assertEquals(List.of(2, 3), startAll(admission));
        admission.limits(new Limits(10, 0, 10));
        assertEquals(List.of(4), startAll(admission));
    }

    @Test
    void connectionsWithoutAnAddressHaveNoShare() {
        Admission admission = new Admission(new Limits(10, 1, 10));
        admission.admit(new Connection(1, null, 0));
        admission.admit(new Connection(2, null, 0));
        assertEquals(1, admission.childrenOfNext());
        assertEquals(List.of(1, 2), startAll(admission));
        admission.ended(null);
        assertEquals(1, admission.running());
    }

    /** Whatever happens in whatever order: no limit is passed, no connection is lost, each client's are in order. */
    @Property(tries = 300)
    void holdsItsLimitsAndLosesNothing(@ForAll long seed) {
        Random random = new Random(seed);
        Limits limits = new Limits(1 + random.nextInt(6), random.nextInt(4), 2 + random.nextInt(5));
        Admission admission = new Admission(limits);
        Map<Integer, Integer> runningOf = new HashMap<>();
        Deque<Integer> running = new ArrayDeque<>();
        Map<Integer, Integer> lastOf = new HashMap<>();
        Set<Integer> seen = new HashSet<>();
        int sent = 0;
        int refused = 0;
        for (int step = 0; step < 400; step++) {
            if (admission.hasRoom() && random.nextInt(3) > 0) {
                boolean admitted = admission.admit(new Connection(++sent, new ClientAddress(0, random.nextInt(3)), 0));
                assertTrue(admitted || admission.held() >= limits.queuePerClient(), "refused too early");
                refused += admitted ? 0 : 1;
            }
            Connection next = admission.next();
            if (next != null) {
                int client = (int) next.client().lo();
                assertTrue(seen.add(next.fd()), "started twice");
                assertTrue(lastOf.getOrDefault(client, 0) < next.fd(), "out of order");
                lastOf.put(client, next.fd());
                if (random.nextInt(8) == 0) {
                    admission.failed();
                } else {
                    assertEquals(runningOf.getOrDefault(client, 0) + 1, admission.childrenOfNext());
                    admission.started();
                    running.add(client);
                    int now = runningOf.merge(client, 1, Integer::sum);
                    assertTrue(limits.perClient() == 0 || now <= limits.perClient());
                }
            }
            assertTrue(running.size() <= limits.children());
            if (!running.isEmpty() && random.nextInt(3) == 0) {
                int client = running.poll();
                runningOf.merge(client, -1, Integer::sum);
                admission.ended(new ClientAddress(0, client));
            }
            assertEquals(running.size(), admission.running());
            assertEquals(sent, seen.size() + refused + admission.held());
        }
        int held = admission.held();
        List<Connection> rest = admission.takeBack();
        assertEquals(held, rest.size());
        rest.forEach(one -> assertTrue(seen.add(one.fd())));
        assertEquals(sent, seen.size() + refused);
        assertEquals(0, admission.held());
    }
}
