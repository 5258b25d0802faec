package io.socketbox.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Durations of connections, as the log will say them. */
class ConnectionLogTest {
    private final ConnectionLog connections = new ConnectionLog(new Counters(), () -> {});

    @Test
    void whatALimitHadAConnectionWaitIsPartOfItsDuration() {
        for (int fd : new int[] {3, 1_000}) {
            connections.began(fd, 0, 0, 1, 0, 0, 2, 7);
            connections.delayed(fd, -500);
            connections.goesOn(fd, 4_500);
            connections.began(fd, 0, 0, 1, 0, 0, 2, 8);
            connections.ended(fd, Counter.HANDED_OFF, 27, "unix:/a");
            connections.began(fd, 0, 0, 1, 0, 0, 2, 9);
            connections.ended(fd, Counter.HANDED_OFF, 28, "unix:/a");
        }
        List<String> read = new ArrayList<>();
        connections.drain((ends, line, reason, durationNs, destination) -> read.add(line + ": " + durationNs));
        assertEquals(List.of("8: 5027", "9: 28", "8: 5027", "9: 28"), read);
    }
}
