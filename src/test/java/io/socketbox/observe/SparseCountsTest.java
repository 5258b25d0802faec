package io.socketbox.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Counts of rules agree with a plain map, whatever happens in whatever order. */
class SparseCountsTest {
    @Property(tries = 200)
    void countsAreThoseOfAMap(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5_000) int keys) {
        Random random = new Random(seed);
        SparseCounts counts = new SparseCounts(keys);
        Map<Integer, Long> plain = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            // Half of them close together, as the rules of most configurations are.
            int key = random.nextInt(random.nextBoolean() ? keys : Math.min(keys, 70));
            long change = random.nextInt(5) - 1L;
            boolean first = !counts.holds(key);
            counts.add(key, change);
            plain.merge(key, change, Long::sum);
            assertTrue(counts.holds(key), () -> "seed " + seed + ", first " + first);
        }
        plain.values().removeIf(count -> count == 0);
        Map<Integer, Long> read = new HashMap<>();
        List<Integer> order = new ArrayList<>();
        counts.forEach((key, count) -> {
            read.put(key, count);
            order.add(key);
        });
        assertEquals(plain, read, () -> "seed " + seed);
        assertEquals(order.stream().sorted().toList(), order);
    }

    /** What a map remembers of a connection that waits. */
    private record Held(int table, int rule) {}

    @Property(tries = 100)
    void connectionsEndForTheRuleThatDecidedUnlessItsTableIsGone(@ForAll long seed) {
        Random random = new Random(seed);
        Statistics statistics = new Statistics(true);
        Map<Integer, Held> held = new HashMap<>();
        Map<Integer, Map<String, Long>> plain = new TreeMap<>();
        int table = 0;
        int rules = 0;
        for (int i = 0; i < 3_000; i++) {
            int fd = random.nextInt(300);
            Held connection = held.get(fd);
            if (i % 1_000 == 0) {
                table++;
                rules = 1 + random.nextInt(500);
                plain.clear();
                statistics.follow(new RuleCounters(rules, SparseCountsTest::line, 1));
            } else if (connection == null) {
                int rule = random.nextInt(-1, rules);
                statistics.decided(fd, rule, true);
                note(plain, rule, "connections", 1);
                if (random.nextBoolean()) {
                    statistics.pending(fd, 1);
                    note(plain, rule, "pending", 1);
                    held.put(fd, new Held(table, rule));
                } else {
                    end(statistics, random, fd, rule, plain);
                }
            } else {
                int rule = connection.table() == table ? connection.rule() : -1;
                statistics.pending(fd, -1);
                note(plain, rule, "pending", -1);
                end(statistics, random, fd, rule, plain);
                held.remove(fd);
            }
        }
        Overview.Rules read = Overview.of(List.of(statistics)).rules(1_000);
        assertEquals(0, read.leftOut());
        assertEquals(plain.keySet(), new TreeMap<>(byLine(read)).keySet(), () -> "seed " + seed);
        byLine(read).forEach((line, totals) -> {
            Map<String, Long> expected = plain.get(line);
            assertEquals(expected.get("connections"), totals.connections(), () -> "seed " + seed);
            assertEquals(expected.getOrDefault("pending", 0L), totals.pending(), () -> "seed " + seed);
            assertEquals(expected.getOrDefault("handed_off", 0L), totals.handedOff(), () -> "seed " + seed);
            assertEquals(expected.getOrDefault("queue_full", 0L), totals.closed(), () -> "seed " + seed);
            assertEquals(
                    totals.connections(),
                    totals.pending() + totals.handedOff() + totals.closed(),
                    () -> "seed " + seed);
        });
    }

    private static void end(
            Statistics statistics, Random random, int fd, int rule, Map<Integer, Map<String, Long>> plain) {
        Counter end = random.nextBoolean() ? Counter.HANDED_OFF : Counter.CLOSED_QUEUE_FULL;
        statistics.ended(fd, end);
        note(plain, rule, end.key(), 1);
    }

    private static Map<Integer, RuleTotals> byLine(Overview.Rules rules) {
        Map<Integer, RuleTotals> byLine = new HashMap<>();
        rules.busiest().forEach(each -> byLine.put(each.line(), each));
        return byLine;
    }

    private static int line(int rule) {
        return 1 + rule / 3;
    }

    private static void note(Map<Integer, Map<String, Long>> plain, int rule, String what, long change) {
        if (rule >= 0) {
            plain.computeIfAbsent(line(rule), line -> new HashMap<>()).merge(what, change, Long::sum);
        }
    }

    @Test
    void rulesOfATableThatIsGoneAreNotAskedForTheirLines() {
        AtomicBoolean gone = new AtomicBoolean();
        RuleCounters counters = new RuleCounters(
                10,
                rule -> {
                    assertFalse(gone.get(), "the table's memory was given back");
                    return 5;
                },
                1);
        Statistics statistics = new Statistics(true);
        statistics.follow(counters);
        statistics.decided(3, 9, true);
        statistics.ended(3, Counter.HANDED_OFF);
        Map<Integer, RuleTotals> byLine = new HashMap<>(Map.of(5, new RuleTotals(5, 1)));
        counters.addOutcomesTo(byLine);
        assertEquals(1, byLine.get(5).handedOff());
        counters.close();
        gone.set(true);
        counters.addOutcomesTo(byLine);
        assertEquals(1, byLine.get(5).handedOff());
        assertEquals(List.of(), Overview.of(List.of(statistics)).rules(10).busiest());
    }

    @Test
    void memoryIsBoundedAndWhatIsNotCountedIsSaid() {
        int rules = 4_000_000;
        int dispatchers = 64;
        Statistics statistics = new Statistics(true);
        statistics.follow(new RuleCounters(rules, rule -> rule, dispatchers));
        for (int rule = 0; rule < rules; rule += 64) {
            statistics.decided(7, rule, true);
            statistics.pending(7, 1);
            statistics.pending(7, -1);
            statistics.ended(7, Counter.HANDED_OFF);
        }
        long lost = statistics.totals().get(Counter.RULE_OUTCOMES_LOST);
        Map<Integer, RuleTotals> read = byLine(Overview.of(List.of(statistics)).rules(rules));
        long counted = read.values().stream().mapToLong(RuleTotals::handedOff).sum();
        assertTrue(counted > 0 && counted < 2_000, () -> counted + " rules with counts in a MiB");
        assertEquals(0, read.values().stream().mapToLong(RuleTotals::pending).sum());
        assertEquals(rules / 64 * 3L, lost + 3 * counted);
    }

    @Test
    void aReaderSeesCountsThatOnlyGrowWhileTheyAreWritten() throws InterruptedException {
        SparseCounts counts = new SparseCounts(10_000);
        AtomicBoolean ended = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 3_000_000; i++) {
                counts.add(i * 7 % 10_000, 1);
            }
            ended.set(true);
        });
        Map<Integer, Long> seen = new HashMap<>();
        boolean last;
        do {
            last = ended.get();
            counts.forEach((key, count) -> {
                Long before = seen.put(key, count);
                assertTrue(before == null || before <= count, () -> key + ": " + before + ", then " + count);
            });
        } while (!last);
        writer.join();
        assertEquals(
                3_000_000, seen.values().stream().mapToLong(Long::longValue).sum());
    }
}
