package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.handoff.HandoffLimits;
import io.socketbox.limit.Limiters;
import io.socketbox.route.Destination;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Slots over many snapshots, with dispatchers that are late, against a plain account of who holds what. */
class DestinationSlotsTest {
    private static final HandoffLimits LIMITS = new HandoffLimits(1, 1, 1, 1, 1);

    /** What a dispatcher does with changes, without sockets. */
    private static final class Follower {
        private final ArrayDeque<Change> coming = new ArrayDeque<>();
        private final Map<Integer, Destination> held = new HashMap<>();
        private final List<Long> leaving = new ArrayList<>();
        private Snapshot snapshot;

        void follow() {
            Change change = coming.remove();
            snapshot = change.snapshot();
            for (int slot : change.revived()) {
                leaving.removeIf(ticket -> (int) (long) ticket == slot);
            }
            for (int slot : change.gone()) {
                leaving.add(Transition.ticket(snapshot.number(), slot));
            }
            for (int slot : snapshot.slots()) {
                Destination named = snapshot.destinations()[slot];
                Destination before = held.put(slot, named);
                assertTrue(before == null || before.equals(named), before + " and " + named + " in slot " + slot);
            }
        }
    }

    @Test
    void nobodyMistakesOneDestinationForAnother() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            play(random, 1 + random.nextInt(3));
        }
    }

    private static void play(Random random, int dispatchers) {
        DestinationSlots slots = new DestinationSlots(dispatchers);
        List<Follower> followers = new ArrayList<>();
        for (int i = 0; i < dispatchers; i++) {
            followers.add(new Follower());
        }
        Map<Destination, Integer> lastSlots = Map.of();
        for (int step = 0; step < 300; step++) {
            Follower follower = followers.get(random.nextInt(dispatchers));
            switch (random.nextInt(4)) {
                case 0 -> lastSlots = publish(slots, random, followers, lastSlots);
                case 1 -> {
                    if (!follower.coming.isEmpty()) {
                        follower.follow();
                    }
                }
                default -> {
                    if (!follower.leaving.isEmpty()) {
                        long ticket = follower.leaving.remove(random.nextInt(follower.leaving.size()));
                        int slot = (int) ticket;
                        if (follower.snapshot.destinations()[slot] == null) {
                            follower.held.remove(slot);
                        }
                        slots.closed(slot, (int) (ticket >>> 32));
                    }
                }
            }
        }
    }

    private static Map<Destination, Integer> publish(
            DestinationSlots slots, Random random, List<Follower> followers, Map<Destination, Integer> lastSlots) {
        List<Destination> wanted = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            if (random.nextBoolean()) {
                wanted.add(new Destination.UnixSocket("/" + i));
            }
        }
        Collections.shuffle(wanted, random);
        Change change = slots.change(null, wanted, LIMITS, Limiters.NONE);
        Map<Destination, Integer> now = new HashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            int slot = change.snapshot().slots()[i];
            assertEquals(wanted.get(i), change.snapshot().destinations()[slot]);
            now.put(wanted.get(i), slot);
        }
        assertEquals(wanted.size(), new HashSet<>(now.values()).size(), "a slot for each");
        Set<Destination> kept = new HashSet<>(now.keySet());
        kept.retainAll(lastSlots.keySet());
        kept.forEach(destination -> assertEquals(lastSlots.get(destination), now.get(destination)));
        assertEquals(kept.size(), change.kept());
        assertEquals(now.size() - kept.size(), change.opened().length);
        assertEquals(lastSlots.size() - kept.size(), change.gone().length);
        followers.forEach(follower -> follower.coming.add(change));
        return now;
    }

    @Test
    void slotsAreUsedAgainOnceEveryDispatcherHasLetGo() {
        DestinationSlots slots = new DestinationSlots(2);
        int last = 0;
        for (int i = 0; i < 1000; i++) {
            Change change = slots.change(null, List.of(new Destination.UnixSocket("/" + i)), LIMITS, Limiters.NONE);
            for (int slot : change.gone()) {
                slots.closed(slot, change.snapshot().number());
                slots.closed(slot, change.snapshot().number());
            }
            last = Math.max(last, change.snapshot().slots()[0]);
        }
        assertEquals(1, last);
    }

    @Test
    void aLateWordAboutADestinationThatCameBackIsPassedOver() {
        DestinationSlots slots = new DestinationSlots(1);
        List<Destination> named = List.of(new Destination.UnixSocket("/a"));
        slots.change(null, named, LIMITS, Limiters.NONE);
        Change without = slots.change(null, List.of(), LIMITS, Limiters.NONE);
        Change again = slots.change(null, named, LIMITS, Limiters.NONE);
        assertEquals(1, again.revived().length);
        Change withoutAgain = slots.change(null, List.of(), LIMITS, Limiters.NONE);
        slots.closed(0, without.snapshot().number());
        assertEquals(1, slots.change(null, named, LIMITS, Limiters.NONE).revived().length, "it is held yet");
        slots.closed(0, withoutAgain.snapshot().number());
    }
}
