package io.socketbox.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class OpenTargetsTest {
    private static final int CAPACITY = 90;
    private static final int TARGETS = 100;
    private static final int USES = 100_000;

    private final OpenTargets open = new OpenTargets(CAPACITY);
    private final Target[] targets = new Target[TARGETS];

    OpenTargetsTest() {
        for (int i = 0; i < TARGETS; i++) {
            targets[i] = Target.unixSocket(i, "/nowhere." + i);
        }
    }

    /** As a dispatcher does: a target without a place gets one, from another if need be. */
    private void use(Target target) {
        if (target.openIndex < 0) {
            if (open.isFull()) {
                close(open.victim());
            }
            target.openIndex = open.add(target);
        }
    }

    private void close(Target target) {
        Target moved = open.remove(target.openIndex);
        if (moved != null) {
            moved.openIndex = target.openIndex;
        }
        target.openIndex = -1;
    }

    private double missRatio(IntSupplier choice) {
        int misses = 0;
        for (int i = 0; i < USES; i++) {
            Target target = targets[choice.getAsInt()];
            misses += target.openIndex < 0 ? 1 : 0;
            use(target);
        }
        return (double) misses / USES;
    }

    /** By the least recent use, every single one would be opened anew. */
    @Test
    void aFewTooManyInTurnDoNotMakeAllOfThemBeOpenedAnew() {
        int[] next = {0};
        double ratio = missRatio(() -> next[0]++ % TARGETS);
        assertTrue(ratio < 0.3, "opened anew: " + ratio);
    }

    @Test
    void aFewTooManyAtRandomAreOpenedAnewAsOftenAsThereAreTooMany() {
        Random random = new Random(1);
        double ratio = missRatio(() -> random.nextInt(TARGETS));
        assertEquals(0.1, ratio, 0.02);
    }

    @Test
    void onesThatConnectionsWaitForKeepTheirPlaces() {
        for (int i = 0; i < CAPACITY; i++) {
            use(targets[i]);
            if (i != 17) {
                targets[i].pending.add(1, 1);
            }
        }
        assertSame(targets[17], open.victim());
        assertSame(targets[17], open.victim());
        targets[17].pending.add(1, 1);
        assertNull(open.victim());
    }

    @Test
    void aSmallerNumberOfPlacesTakesNoneAway() {
        for (int i = 0; i < CAPACITY; i++) {
            use(targets[i]);
        }
        open.resize(10);
        assertTrue(open.isFull());
        for (int i = 0; i < CAPACITY - 10; i++) {
            close(open.victim());
            assertTrue(open.isFull());
        }
        close(open.victim());
        assertTrue(!open.isFull());
        open.resize(TARGETS);
        for (Target target : targets) {
            use(target);
        }
        assertTrue(open.isFull());
    }
}
