package io.socketbox.testing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What the fuzzers share: how bytes become arguments, and what a message for people must be. */
public final class Fuzzed {
    private Fuzzed() {}

    /** The first byte, by which a fuzzer chooses; 0 when there is none. */
    public static int choice(byte[] input, int choices) {
        return input.length == 0 ? 0 : (input[0] & 0xff) % choices;
    }

    /** A byte string of what follows the first byte. */
    public static String rest(byte[] input) {
        return new String(input, Math.min(1, input.length), Math.max(0, input.length - 1), StandardCharsets.ISO_8859_1);
    }

    /** The same as a command line: each argument ends with a line end, because no argument can have a NUL. */
    public static List<String> arguments(byte[] input) {
        String rest = rest(input).replace("\0", "");
        return rest.isEmpty() ? List.of() : Arrays.asList(rest.split("\n", -1));
    }

    /** Random choices that the bytes make as long as there are some; then they are drawn from a seed. */
    public static Random random(byte[] input) {
        return new Choices(input);
    }

    /** Fails unless it is one line that a terminal can be shown. */
    public static void checkLine(String message) {
        check(!message.isEmpty() && message.indexOf('\n') < 0, "not one line", message);
        checkLines(message);
    }

    /** Fails unless it is lines that a terminal can be shown. */
    public static void checkLines(String message) {
        check(message.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n'), "control characters", message);
    }

    /** Fails with what is wrong about which text. */
    public static void check(boolean holds, String what, String text) {
        if (!holds) {
            throw new AssertionError(what + ": " + text);
        }
    }

    private static final class Choices extends Random {
        private static final long serialVersionUID = 1L;

        private final transient byte[] input;
        private int at;

        Choices(byte[] input) {
            super(Arrays.hashCode(input));
            this.input = input;
        }

        @Override
        protected int next(int bits) {
            if (input == null || at + Integer.BYTES > input.length) {
                return super.next(bits);
            }
            int value = 0;
            for (int i = 0; i < (bits + 7) / 8; i++) {
                value = value << 8 | input[at++] & 0xff;
            }
            return value >>> ((8 - bits) & 7) & (int) ((1L << bits) - 1);
        }
    }
}
