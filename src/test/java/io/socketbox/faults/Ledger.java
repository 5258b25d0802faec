package io.socketbox.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringJoiner;

/** How every connection of a client ended: a byte each, by its number, as src/test/faults/load.c says. */
final class Ledger {
    private static final String ENDS = "awrRetl";
    private static final String[] NAMES = {
        "answered", "answered wrongly", "refused", "reset", "ended", "unfinished", "left"
    };
    private static final int SHOWN = 5;

    private final long[] counts = new long[ENDS.length()];
    private final StringJoiner lost = new StringJoiner(", ");
    private int shown;

    /** Adds what a client has written. */
    void add(String client, Path file) {
        byte[] ends;
        try {
            ends = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int number = 0; number < ends.length; number++) {
            int end = ENDS.indexOf(ends[number]);
            if (end < 0) {
                throw new AssertionError("nobody has written down connection " + number + " of " + client);
            }
            counts[end]++;
            if (end != 0 && ends[number] != 'l' && shown++ < SHOWN) {
                lost.add(client + "'s " + number + " " + NAMES[end]);
            }
        }
    }

    long answered() {
        return counts[0];
    }

    /** Those that the server had, and that were cut off instead of being answered. */
    long cutOff() {
        return counts[ENDS.indexOf('R')] + counts[ENDS.indexOf('e')];
    }

    /** All but those that were answered or left by themselves. */
    long lost() {
        return total() - answered() - counts[ENDS.indexOf('l')];
    }

    long total() {
        return Arrays.stream(counts).sum();
    }

    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ");
        text.add(total() + " connections");
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                text.add(counts[i] + " " + NAMES[i]);
            }
        }
        return text + (lost.length() > 0 ? " (" + lost + ")" : "");
    }
}
