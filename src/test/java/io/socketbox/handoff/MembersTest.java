package io.socketbox.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Sockets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Whose turn it is, against what each policy promises. */
class MembersTest {
    private static final long NOW_NS = 1_000;

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void turnsAreAsManyAsTheWeightsSay(@ForAll long seed) {
        Random random = new Random(seed);
        Members members = new Members(Balance.ROUND_ROBIN);
        Map<Target, Integer> weights = fill(members, random, 1 + random.nextInt(20), 9);
        int round = weights.values().stream().mapToInt(w -> w).sum();
        for (int i = 0; i < 3; i++) {
            assertEquals(weights, turns(members, round), () -> "seed " + seed);
        }
    }

    @Test
    void turnsAreSpreadOut() {
        Members members = new Members(Balance.ROUND_ROBIN);
        add(members, "a", 5);
        add(members, "b", 1);
        add(members, "c", 1);
        StringBuilder turns = new StringBuilder();
        for (int i = 0; i < 7; i++) {
            turns.append(members.next(null, 0, NOW_NS));
        }
        assertEquals("aabacaa", turns.toString());
    }

    /** Whoever is absent or full has no turn; the turns of the others are in their own proportion. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void whoCannotTakeHasNoTurn(@ForAll long seed) {
        Random random = new Random(seed);
        Members members = new Members(Balance.ROUND_ROBIN);
        Map<Target, Integer> weights = fill(members, random, 1 + random.nextInt(20), 9);
        Map<Target, Integer> expected = new HashMap<>();
        weights.forEach((target, weight) -> {
            target.state = Target.State.values()[random.nextInt(Target.State.values().length)];
            target.retryAtNs = NOW_NS + random.nextInt(-1, 2);
            boolean mayTake = switch (target.state) {
                case CLOSED, READY -> true;
                case DELAYED -> target.retryAtNs <= NOW_NS;
                case BUSY, AWAY, GONE -> false;
            };
            if (mayTake) {
                expected.put(target, weight);
            }
        });
        int round = expected.values().stream().mapToInt(w -> w).sum();
        if (round == 0) {
            assertNull(members.next(null, 0, NOW_NS));
        } else {
            assertEquals(expected, turns(members, round), () -> "seed " + seed);
        }
    }

    /** Against the plain way to say it: of the draws of those that are there, the best one wins. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aClientKeepsItsMemberWhileThatIsThere(@ForAll long seed) {
        Random random = new Random(seed);
        Members members = new Members(Balance.SOURCE);
        List<Target> targets = new ArrayList<>(fill(members, random, 2 + random.nextInt(30), 1 + random.nextInt(4))
                .keySet());
        long[] keys = random.longs(300).toArray();
        Target[] before = choices(members, keys);
        Target gone = targets.get(random.nextInt(targets.size()));
        if (random.nextBoolean()) {
            gone.state = Target.State.AWAY;
        } else {
            members.remove(gone);
        }
        Target[] without = choices(members, keys);
        for (int i = 0; i < keys.length; i++) {
            assertTrue(without[i] != gone && without[i] != null);
            if (before[i] != gone) {
                assertSame(before[i], without[i], () -> "seed " + seed);
            }
        }
        Target busy = targets.get(random.nextInt(targets.size()));
        if (busy != gone) {
            busy.state = Target.State.BUSY;
            assertEquals(List.of(without), List.of(choices(members, keys)), "a busy member keeps its clients");
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aMemberThatJoinsTakesClientsForItselfOnly(@ForAll long seed) {
        Random random = new Random(seed);
        Members members = new Members(Balance.SOURCE);
        fill(members, random, 1 + random.nextInt(30), 1 + random.nextInt(4));
        long[] keys = random.longs(300).toArray();
        Target[] before = choices(members, keys);
        // Unequal to the others, perhaps, so that the other way to compare draws is used from here on.
        Target joined = add(members, "joined", 1 + random.nextInt(5));
        Target[] after = choices(members, keys);
        for (int i = 0; i < keys.length; i++) {
            assertTrue(after[i] == joined || after[i] == before[i], () -> "seed " + seed);
        }
    }

    @Test
    void sourceKeepsToTheWeights() {
        Members members = new Members(Balance.SOURCE);
        Target light = add(members, "light", 1);
        Target heavy = add(members, "heavy", 3);
        Target middle = add(members, "middle", 2);
        Random random = new Random(7);
        Map<Target, Integer> counts = new HashMap<>();
        int clients = 60_000;
        for (int i = 0; i < clients; i++) {
            // Neighbours in one /64, as clients are.
            long key = Members.key(0x2001_0db8_0000_0000L, random.nextInt(1 << 24));
            counts.merge(members.next(null, key, NOW_NS), 1, Integer::sum);
        }
        assertEquals(1.0 / 6, (double) counts.get(light) / clients, 0.01);
        assertEquals(3.0 / 6, (double) counts.get(heavy) / clients, 0.01);
        assertEquals(2.0 / 6, (double) counts.get(middle) / clients, 0.01);
    }

    @Test
    void theChoiceForAClientStaysTheSameOverVersions() {
        Members members = new Members(Balance.SOURCE);
        for (String name : List.of("a", "b", "c", "d")) {
            add(members, name, 1);
        }
        StringBuilder choices = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            choices.append(members.next(null, Members.key(0x2001_0db8_0000_0000L, i), NOW_NS));
        }
        assertEquals("bcdbaacaccadaada", choices.toString());
    }

    /** Against the plain way to say it: nobody among the members has less, in proportion to its weight. */
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void leastPendingFindsWhoHasLeast(@ForAll long seed) {
        Random random = new Random(seed);
        Members members = new Members(Balance.LEAST_PENDING);
        List<Integer> opened = new ArrayList<>();
        Map<Target, Integer> weights = new HashMap<>();
        Map<Target, Integer> sent = new HashMap<>();
        try (HotCalls calls = new HotCalls(1)) {
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.SEQPACKET);
                opened.addAll(List.of(pair[0], pair[1]));
                Target target = Target.registered(i, pair[0], "m" + i, () -> {});
                int messages = random.nextInt(6);
                for (int m = 0; m < messages; m++) {
                    assertEquals(4, calls.sendRegistered(pair[0], pair[0]));
                }
                int weight = 1 + random.nextInt(3);
                members.add(target, weight, Members.seed("m" + i));
                weights.put(target, weight);
                sent.put(target, messages);
            }
            Target chosen = members.next(calls, 0, NOW_NS);
            assertNotNull(chosen);
            for (Target other : weights.keySet()) {
                assertTrue(
                        sent.get(chosen) * weights.get(other) <= sent.get(other) * weights.get(chosen),
                        () -> chosen + " of " + sent + ", seed " + seed);
            }
        } finally {
            opened.forEach(Descriptors::close);
        }
    }

    @Test
    void leastPendingTakesTurnsAmongThoseThatHaveNothing() {
        Members members = new Members(Balance.LEAST_PENDING);
        Target once = add(members, "once", 1);
        Target twice = add(members, "twice", 2);
        assertEquals(Map.of(once, 10, twice, 20), turns(members, 30));
        Members many = new Members(Balance.LEAST_PENDING);
        Map<Target, Integer> all = new HashMap<>();
        for (int i = 0; i < 1_000; i++) {
            all.put(add(many, "m" + i, 1), 1);
        }
        Map<Target, Integer> counts = turns(many, 8_000);
        assertEquals(all.keySet(), counts.keySet(), "everyone is looked at in time");
    }

    private static Map<Target, Integer> fill(Members members, Random random, int count, int heaviest) {
        Map<Target, Integer> weights = new HashMap<>();
        for (int i = 0; i < count; i++) {
            int weight = 1 + random.nextInt(heaviest);
            weights.put(add(members, "m" + i, weight), weight);
        }
        return weights;
    }

    private static Target add(Members members, String name, int weight) {
        Target target = Target.inherited(members.size(), -1, name);
        target.state = Target.State.CLOSED;
        members.add(target, weight, Members.seed(name));
        return target;
    }

    private static Map<Target, Integer> turns(Members members, int count) {
        Map<Target, Integer> turns = new HashMap<>();
        for (int i = 0; i < count; i++) {
            turns.merge(members.next(null, 0, NOW_NS), 1, Integer::sum);
        }
        return turns;
    }

    private static Target[] choices(Members members, long[] keys) {
        Target[] choices = new Target[keys.length];
        for (int i = 0; i < keys.length; i++) {
            choices[i] = members.next(null, keys[i], NOW_NS);
        }
        return choices;
    }
}
