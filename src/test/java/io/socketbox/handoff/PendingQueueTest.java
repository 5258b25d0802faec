package io.socketbox.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PendingQueueTest {
    @Test
    void behavesLikeAQueue() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        PendingQueue queue = new PendingQueue();
        ArrayDeque<int[]> expected = new ArrayDeque<>();
        int next = 0;
        for (int step = 0; step < 500_000; step++) {
            boolean filling = step / 5_000 % 2 == 0;
            if (random.nextInt(3) < (filling ? 2 : 1)) {
                queue.add(next, next * 10L);
                expected.add(new int[] {next++});
            } else if (!expected.isEmpty()) {
                int first = expected.poll()[0];
                assertEquals(first, queue.peek());
                assertEquals(first * 10L, queue.peekArrivalNs());
                assertEquals(first, queue.poll());
            }
            assertEquals(expected.size(), queue.size());
            assertEquals(expected.isEmpty(), queue.isEmpty());
        }
        assertTrue(next > 100_000);
    }
}
