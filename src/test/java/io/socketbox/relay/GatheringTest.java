package io.socketbox.relay;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GatheringTest {
    private final Gathering gathering = new Gathering();

    @Test
    void restsAfterATurnThatMovedMuchAndOnceOnly() {
        assertFalse(gathering.isDue());
        gathering.moved(Gathering.MUCH);
        gathering.moved(1);
        assertTrue(gathering.isDue());
        gathering.rested(true);
        assertFalse(gathering.isDue());
        gathering.moved(Gathering.MUCH);
        assertTrue(gathering.isDue());
    }

    @Test
    void manySmallMessagesAreNotHeldUp() {
        for (int i = 0; i < 1_000; i++) {
            gathering.moved(Gathering.MUCH - 1);
        }
        assertFalse(gathering.isDue());
    }

    @Test
    void aRestThatBroughtNothingIsNotTriedAgainForSomeTurns() {
        gathering.moved(Gathering.MUCH);
        assertTrue(gathering.isDue());
        gathering.rested(false);
        for (int i = 0; i < Gathering.TURNS_WITHOUT; i++) {
            gathering.moved(Gathering.MUCH);
            assertFalse(gathering.isDue(), "turn " + i);
        }
        gathering.moved(Gathering.MUCH);
        assertTrue(gathering.isDue());
    }
}
