package io.socketbox.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.socketbox.route.RouteModel.SetKind;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many prefixes in one set: tables in tables, full buckets, and every place in an address where they may begin. */
class TrieTest {
    private static final int ADDRESSES = 300;

    private RouteModel model;
    private int set;

    @BeforeTry
    @BeforeEach
    void begin() {
        model = new RouteModel();
        set = model.addSet(SetKind.PREFIXES);
        model.define(set);
        model.startAt(set);
    }

    @AfterTry
    @AfterEach
    void end() {
        model.close();
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void longestPrefixIsFound(@ForAll long seed) {
        Random random = new Random(seed);
        int shared = random.nextInt(129);
        int shortest = random.nextInt(129);
        int lengths = 1 + random.nextInt(129 - shortest);
        int clusters = 1 + random.nextInt(8);
        long[] base = random.longs(2 * clusters).toArray();
        for (int i = 1 + random.nextInt(random.nextBoolean() ? 12 : 600); i > 0; i--) {
            int of = 2 * random.nextInt(clusters);
            add(
                    blend(base[of], random.nextLong(), Bits.maskHi(shared)),
                    blend(base[of + 1], random.nextLong(), Bits.maskLo(shared)),
                    shortest + random.nextInt(lengths));
        }
        check(random);
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void nestedPrefixesAreFound(@ForAll long seed) {
        Random random = new Random(seed);
        long hi = random.nextLong();
        long lo = random.nextLong();
        for (int length = random.nextInt(10); length <= 128; length += 1 + random.nextInt(3)) {
            add(hi, lo, length);
        }
        check(random);
    }

    @Test
    void aBucketHoldsFourPrefixesThatCoverOneAnother() {
        add(0x2001_0db8_0000_0000L, 0, 33);
        add(0x2001_0db8_0000_0000L, 0, 48);
        add(0x2001_0db8_0000_0000L, 0, 64);
        add(0x2001_0db8_0000_0000L, 0, 96);
        check(new Random(1));
    }

    @Test
    void aClosedTableFails() {
        add(0x2001_0db8_0000_0000L, 0, 32);
        RouteTable table = RouteCompiler.compile(model);
        assertEquals(0, table.lookup(0x2001_0db8_0000_0000L, 1, 443, 1, 2, 3));
        table.close();
        assertEquals(RouteTable.FAIL, table.lookup(0x2001_0db8_0000_0000L, 1, 443, 1, 2, 3));
    }

    private static long blend(long shared, long own, long mask) {
        return (shared & mask) | (own & ~mask);
    }

    private void add(long hi, long lo, int length) {
        int rule = model.addRule(set, 1, model.ruleCount());
        model.matchLocal(rule, hi, lo, Bits.maskHi(length), Bits.maskLo(length));
    }

    /** Looks up addresses that leave a prefix at some bit, or do not. */
    private void check(Random random) {
        try (RouteTable table = RouteCompiler.compile(model)) {
            for (int i = 0; i < ADDRESSES; i++) {
                int of = random.nextInt(model.ruleCount());
                int kept = random.nextInt(129);
                long hi = blend(model.localHi(of), random.nextLong(), Bits.maskHi(kept));
                long lo = blend(model.localLo(of), random.nextLong(), Bits.maskLo(kept));
                assertEquals(
                        longestPrefix(hi, lo),
                        table.lookup(hi, lo, 443, 1, 2, 3),
                        () -> Addresses.toString(hi, lo) + " of " + model.ruleCount());
            }
        }
    }

    private int longestPrefix(long hi, long lo) {
        int best = RouteTable.FAIL;
        for (int rule = 0; rule < model.ruleCount(); rule++) {
            if (model.matches(rule, hi, lo, 443, 1, 2, 3)
                    && (best == RouteTable.FAIL || model.localPrefixLength(rule) > model.localPrefixLength(best))) {
                best = rule;
            }
        }
        return best;
    }
}
