package io.socketbox.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final EventLog log = new EventLog(out);

    @Test
    void linesAreWrittenAtOnce() {
        log.write("one");
        assertEquals("socketbox: one\n", text());
    }

    @Test
    void offeredLinesWaitForTheDrainAndWakeIt() {
        AtomicInteger wakeUps = new AtomicInteger();
        log.onQueued(wakeUps::incrementAndGet);
        log.offer("one");
        assertEquals("", text());
        assertEquals(1, wakeUps.get());
        log.drain(0);
        assertEquals("socketbox: one\n", text());
    }

    @Test
    void queuedLinesAreWrittenTogetherInPiecesThatAPipeKeepsWhole() {
        List<String> writes = new ArrayList<>();
        EventLog many = new EventLog(collecting(writes));
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            String line = "x".repeat(i % 97) + i;
            said.append("socketbox: ").append(line).append('\n');
            many.offer(line);
        }
        many.drain(0);
        assertEquals(said.toString(), String.join("", writes));
        assertTrue(
                writes.size() <= said.length() / 3_900 + 1, writes.size() + " writes of " + said.length() + " bytes");
        for (String piece : writes) {
            assertTrue(piece.length() <= 4_096 && piece.endsWith("\n"), piece);
        }
    }

    @Test
    void aLineThatIsLongerThanAPieceIsWrittenAlone() {
        List<String> writes = new ArrayList<>();
        EventLog three = new EventLog(collecting(writes));
        String endless = "y".repeat(10_000);
        three.offer("one");
        three.offer(endless);
        three.offer("two");
        three.drain(0);
        assertEquals(List.of("socketbox: one\n", "socketbox: " + endless + "\n", "socketbox: two\n"), writes);
    }

    /** Keeps each write as it came. */
    private static OutputStream collecting(List<String> writes) {
        return new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("one byte alone");
            }

            @Override
            public void write(byte[] bytes) {
                writes.add(new String(bytes, StandardCharsets.UTF_8));
            }
        };
    }

    @Test
    void repeatsAreSummedUpEveryTenSeconds() {
        EventLog.Repeat repeat = log.repeat("again");
        for (int i = 0; i < 1000; i++) {
            repeat.hit(5 * SECOND_NS);
        }
        log.drain(6 * SECOND_NS);
        assertEquals("socketbox: again\n", text());
        log.drain(15 * SECOND_NS);
        log.drain(16 * SECOND_NS);
        assertEquals("socketbox: again\nsocketbox: again (999 more, 1000 in all)\n", text());
        repeat.hit(17 * SECOND_NS);
        log.drain(24 * SECOND_NS);
        log.drain(25 * SECOND_NS);
        assertTrue(text().endsWith("1000 in all)\nsocketbox: again (1 more, 1001 in all)\n"), text());
    }

    @Test
    void equalRepeatsAreOneEvent() {
        assertSame(log.repeat("a"), log.repeat("a"));
    }

    @Test
    void theEndSaysWhatWasNotSaidYet() {
        EventLog.Repeat repeat = log.repeat("again");
        repeat.hit(System.nanoTime());
        repeat.hit(System.nanoTime());
        log.finish();
        assertEquals("socketbox: again\nsocketbox: again (1 more, 2 in all)\n", text());
    }

    @Test
    void twoThreadsThatFinishSayASumOnce() throws InterruptedException {
        AtomicReference<EventLog> shared = new AtomicReference<>();
        Thread second = new Thread(() -> shared.get().finish());
        EventLog racing = new EventLog(new OutputStream() {
            @Override
            public void write(int b) {
                out.write(b);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                out.write(bytes, from, length);
                if (new String(bytes, from, length, StandardCharsets.UTF_8).contains("in all") && !second.isAlive()) {
                    second.start();
                    while (second.getState() != Thread.State.BLOCKED) {
                        Thread.onSpinWait();
                    }
                }
            }
        });
        shared.set(racing);
        EventLog.Repeat repeat = racing.repeat("again");
        repeat.hit(0);
        repeat.hit(0);
        racing.finish();
        second.join();
        assertEquals("socketbox: again\nsocketbox: again (1 more, 2 in all)\n", text());
    }

    @Test
    void linesThatDoNotFitAreCounted() {
        for (int i = 0; i < 3000; i++) {
            log.offer("line " + i);
        }
        log.finish();
        long written = text().lines().filter(line -> line.contains("line ")).count();
        assertTrue(
                text().contains("log lines dropped: standard error is too slow (" + (3000 - written) + " more"),
                text());
    }

    @Test
    void whatMattersLessThanTheLevelIsLeftOut() {
        log.configure(new LogSettings(LogFormat.TEXT, Severity.WARNING, false));
        log.write("a notice");
        log.offer(Severity.INFO, "an info");
        log.repeat(Severity.DEBUG, "a repeat").hit(0);
        log.offer("a warning");
        log.write(Severity.ERROR, "an error");
        log.finish();
        assertEquals("socketbox: an error\nsocketbox: a warning\n", text());
    }

    @Test
    void underTheJournalEveryLineStartsWithItsPriority() {
        log.configure(new LogSettings(LogFormat.TEXT, Severity.DEBUG, true));
        log.write(Severity.ERROR, "one\ntwo");
        log.write("three");
        log.write(Severity.DEBUG, "four");
        assertEquals("<3>socketbox: one\n<3>two\n<5>socketbox: three\n<7>socketbox: four\n", text());
    }

    @Test
    void sumsHaveFieldsOfTheirOwn() {
        log.configure(new LogSettings(LogFormat.LOGFMT, Severity.INFO, false));
        log.repeat("again").hit(5, 0);
        log.finish();
        assertTrue(text().contains(" level=warning program=socketbox msg=again\n"), text());
        assertTrue(text().endsWith(" level=warning program=socketbox msg=again more=4 total=5\n"), text());
        log.configure(new LogSettings(LogFormat.JSON, Severity.INFO, false));
        log.repeat("so far").hit(3, 0);
        log.finish();
        assertTrue(text().endsWith(",\"msg\":\"so far\",\"more\":2,\"total\":3}\n"), text());
    }

    @Test
    void aBatchIsWrittenAtOnce() {
        AtomicInteger writes = new AtomicInteger();
        EventLog counted = new EventLog(new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("byte by byte");
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                writes.incrementAndGet();
                out.write(bytes, from, length);
            }
        });
        counted.batch(() -> {
            counted.write("one");
            counted.write("two");
        });
        assertEquals(1, writes.get());
        assertEquals("socketbox: one\nsocketbox: two\n", text());
    }

    @Test
    void aBrokenStreamStopsNothing() {
        EventLog broken = new EventLog(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        });
        broken.write("one");
        broken.offer("two");
        broken.finish();
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
