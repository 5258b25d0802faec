package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class DelayQueueTest {
    @Property(tries = 500)
    void theFirstDueIsTheFirstOut(@ForAll long seed) {
        Random random = new Random(seed);
        DelayQueue queue = new DelayQueue();
        TreeMap<Long, Deque<Integer>> plain = new TreeMap<>();
        int size = 0;
        for (int i = 0; i < 1_000; i++) {
            assertEquals(size, queue.size());
            assertEquals(plain.isEmpty() ? Long.MAX_VALUE : plain.firstKey(), queue.firstDueNs());
            if (size > 0 && random.nextInt(100) < 45) {
                Map.Entry<Long, Deque<Integer>> first = plain.firstEntry();
                int fd = queue.poll();
                assertEquals(true, first.getValue().remove(fd), "seed " + seed);
                size--;
                if (first.getValue().isEmpty()) {
                    plain.remove(first.getKey());
                }
            } else {
                long dueNs = random.nextInt(500) - 250L;
                queue.add(i, dueNs, null);
                plain.computeIfAbsent(dueNs, due -> new ArrayDeque<>()).add(i);
                size++;
            }
        }
    }
}
