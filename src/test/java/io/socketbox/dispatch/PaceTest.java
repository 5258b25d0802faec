package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace();
    private long total;

    private boolean turn(int goneOn, boolean anyWait) {
        total += goneOn;
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
    void oneThatStandsStillAndOneThatHasTakenAllAreNot() {
        assertTrue(turn(5, true));
        assertFalse(turn(5, false));
        assertFalse(turn(0, true));
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
