package io.socketbox.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.receive.Deadline;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlarmsTest {
    private final Map<Integer, Long> due = new HashMap<>();
    private final Alarms alarms = new Alarms(id -> due.getOrDefault(id, Deadline.NEVER));

    private void set(int id, long dueNs) {
        due.put(id, dueNs);
        alarms.add(id, dueNs);
    }

    @Test
    void givesThoseThatAreDueTheEarliestFirst() {
        set(1, 30);
        set(2, 10);
        set(3, 20);
        assertEquals(10, alarms.nextNs());
        assertEquals(Alarms.NONE, alarms.take(9));
        assertEquals(2, alarms.take(25));
        assertEquals(3, alarms.take(25));
        assertEquals(Alarms.NONE, alarms.take(25));
        assertEquals(1, alarms.take(30));
        assertEquals(Deadline.NEVER, alarms.nextNs());
    }

    @Test
    void passesOverWhatEndedAndWhatIsDueLater() {
        set(1, 10);
        set(1, 40);
        set(2, 10);
        due.remove(2);
        assertEquals(Alarms.NONE, alarms.take(39));
        assertEquals(1, alarms.take(40));
    }

    @Test
    void connectionsOfAMomentTakeNoMemoryUntilTheirTimeout() {
        long hour = 3_600_000_000_000L;
        for (int id = 0; id < 1_000; id++) {
            set(id, hour);
        }
        for (int id = 1_000; id < 200_000; id++) {
            set(id, hour + id);
            due.remove(id);
            assertTrue(alarms.size() <= 4_096, () -> alarms.size() + " alarms");
        }
        int found = 0;
        while (alarms.take(2 * hour) != Alarms.NONE) {
            found++;
        }
        assertEquals(1_000, found);
    }
}
