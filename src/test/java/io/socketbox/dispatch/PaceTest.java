package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final int ENOUGH = 6;

    private final Pace pace = new Pace();
    private long accepted;
    private long goneOn;
    private long sentAtOnce;

    /** A turn in which as many are accepted as go on, and all that are accepted have to wait. */
    private long turn(int goOn, boolean anyWait) {
        accepted += goOn;
        goneOn += goOn;
        return pace.restNs(accepted, goneOn, sentAtOnce, anyWait);
    }

    /** A turn in which all that are accepted are sent at once, to others than those that are full. */
    private long turnOfOthers(int sent, boolean anyWait) {
        accepted += sent;
        sentAtOnce += sent;
        return pace.restNs(accepted, goneOn, sentAtOnce, anyWait);
    }

    /** Rests get longer, one after another, until there is none. */
    private void reachLongest(int goOn) {
        long ns = turn(goOn, true);
        for (long expectedNs = Pace.FIRST_NS; expectedNs < Pace.LONGEST_NS; expectedNs += Pace.STEP_NS) {
            assertEquals(expectedNs, ns);
            ns = turn(goOn, true);
        }
        assertEquals(Pace.LONGEST_NS, ns);
    }

    @Test
    void aDestinationThatTakesOnIsRestedFor() {
        assertEquals(0, turn(0, false));
        assertEquals(Pace.FIRST_NS, turn(1, true));
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Pace.FIRST_NS, turn(ENOUGH, true));
        }
    }

    @Test
    void oneThatStandsStillIsNot() {
        assertEquals(Pace.FIRST_NS, turn(ENOUGH, true));
        assertEquals(0, turn(0, true));
    }

    @Test
    void oneThatHasTakenAllIsForAWhile() {
        assertEquals(0, turn(ENOUGH, false));
        assertEquals(Pace.FIRST_NS, turn(ENOUGH, true));
        for (int i = 1; i < Pace.TURNS_AFTER; i++) {
            assertEquals(Pace.FIRST_NS, turn(ENOUGH, false), "turn " + i);
        }
        assertEquals(0, turn(ENOUGH, false));
    }

    @Test
    void aSlowOneIsRestedForLonger() {
        reachLongest(Pace.FEW - 1);
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Pace.LONGEST_NS, turn(Pace.FEW - 1, true));
        }
    }

    @Test
    void aFastOneIsRestedForLess() {
        assertEquals(Pace.FIRST_NS, turn(Pace.MANY + 1, true));
        assertEquals(Pace.FIRST_NS - Pace.STEP_NS, turn(Pace.MANY + 1, true));
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Pace.SHORTEST_NS, turn(Pace.MANY + 1, true));
        }
    }

    @Test
    void othersDoNotWaitForLong() {
        reachLongest(Pace.FEW - 1);
        assertEquals(Pace.LONGEST_NS / 2, turnOfOthers(ENOUGH, true));
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Pace.FIRST_NS, turnOfOthers(ENOUGH, true));
        }
    }

    @Test
    void aRestThatWasNotWorthItIsNotTriedAgainSoon() {
        reachLongest(1);
        for (int i = 0; i < Pace.TURNS_WITHOUT; i++) {
            assertEquals(0, turn(1, true), "turn " + i);
        }
        assertEquals(Pace.LONGEST_NS, turn(1, true));
        assertEquals(0, turn(1, true));
    }

    @Test
    void norWhereOthersKeepItShort() {
        assertEquals(Pace.FIRST_NS, turnOfOthers(1, true));
        for (int i = 0; i < Pace.TURNS_WITHOUT; i++) {
            assertEquals(0, turnOfOthers(1, true), "turn " + i);
        }
        assertEquals(Pace.FIRST_NS, turnOfOthers(1, true));
    }

    @Test
    void whateverHappensARestHasItsBounds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            boolean others = random.nextInt(10) == 0;
            int count = random.nextInt(12);
            long ns = others ? turnOfOthers(count, random.nextBoolean()) : turn(count, random.nextInt(4) > 0);
            assertTrue(ns == 0 || (ns >= Pace.SHORTEST_NS && ns <= Pace.LONGEST_NS), ns + ", seed " + seed);
        }
    }
}
