package io.socketbox.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.socketbox.observe.EventLog;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;

class SignalHandlingTest {
    private static final long MS = 1_000_000;

    private final List<String> done = new ArrayList<>();
    private final SignalHandling handling = new SignalHandling(
            "ending",
            () -> done.add("drain"),
            new EventLog(new ByteArrayOutputStream()),
            code -> done.add("halt " + code));

    @Test
    void theFirstSignalDrainsAndALaterOneHalts() {
        handling.end(new Signal("TERM"), 5 * MS);
        handling.end(new Signal("INT"), 305 * MS);
        assertEquals(List.of("drain", "halt " + (128 + 2)), done);
    }

    @Test
    void oneRequestSentTwiceIsOneRequest() {
        handling.end(new Signal("TERM"), 5 * MS);
        handling.end(new Signal("TERM"), 6 * MS);
        assertEquals(List.of("drain"), done);
    }
}
