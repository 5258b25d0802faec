package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace();
    private long total;

    private boolean turn(int dealtWith, boolean anyWait) {
        total += dealtWith;
        return pace.isRestDue(total, anyWait);
    }

    @Test
    void aDestinationThatTakesOnIsRestedFor() {
        assertFalse(turn(0, false));
        assertTrue(turn(1, true));
        for (int i = 0; i < 1_000; i++) {
            assertTrue(turn(Pace.WORTH, true));
        }
    }

    @Test
    void oneThatStandsStillIsNot() {
        assertTrue(turn(5, true));
        assertFalse(turn(0, true));
    }

    @Test
    void oneThatHasTakenAllIsForAWhile() {
        assertFalse(turn(5, false));
        assertTrue(turn(5, true));
        for (int i = 1; i < Pace.TURNS_AFTER; i++) {
            assertTrue(turn(5, false), "turn " + i);
        }
        assertFalse(turn(5, false));
    }

    @Test
    void aRestThatWasNotWorthItIsNotTriedAgainSoon() {
        assertTrue(turn(1, true));
        for (int i = 0; i < Pace.TURNS_WITHOUT; i++) {
            assertFalse(turn(1, true), "turn " + i);
        }
        assertTrue(turn(1, true));
    }
}
