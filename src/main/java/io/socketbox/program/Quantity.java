package io.socketbox.program;

import io.socketbox.linux.ByteStrings;
import java.util.OptionalLong;

/** Numbers and durations as they are written on the command line. */
public final class Quantity {
    private Quantity() {}

    /**
     * Reads a decimal number.
     *
     * @param option the option that it is the value of, for the message.
     * @param text the value.
     * @param max the greatest number that is allowed, at most {@link Integer#MAX_VALUE}.
     * @param min the least.
     * @return the number.
     * @throws UsageException when it is none or out of range.
     */
    public static int decimal(CommandOption option, String text, int min, int max) throws UsageException {
        long value = digits(text, 10);
        if (value < min || value > max) {
            throw bad(option, text, "a number from " + min + " to " + max);
        }
        return (int) value;
    }

    /**
     * Reads a number as {@code strtoul(3)} does with base 0: {@code 0x10} is 16, {@code 010} is 8, {@code 10} is ten.
     *
     * @param text the value.
     * @return the number, which fits into 32 bits; empty when {@code text} is no such number, a name for instance.
     */
    public static OptionalLong cLiteral(String text) {
        long value;
        if (text.length() > 2 && text.charAt(0) == '0' && (text.charAt(1) | 0x20) == 'x') {
            value = digits(text.substring(2), 16);
        } else if (text.length() > 1 && text.charAt(0) == '0') {
            value = digits(text.substring(1), 8);
        } else {
            value = digits(text, 10);
        }
        return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /**
     * Reads a duration such as {@code 10s}, {@code 500ms} or {@code 2m}.
     *
     * @param option the option that it is the value of, for the message.
     * @param text the value.
     * @return nanoseconds.
     * @throws UsageException when it is none.
     */
    public static long durationNs(CommandOption option, String text) throws UsageException {
        int unit = unitOf(text);
        long count = digits(text.substring(0, unit), 10);
        long nsPerUnit = switch (text.substring(unit)) {
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 0;
        };
        if (count < 0 || nsPerUnit == 0) {
            throw bad(option, text, "a duration with its unit, as in 10s, 500ms or 2m");
        }
        return count * nsPerUnit;
    }

    /**
     * The exception for a value that an option cannot have.
     *
     * @param wanted what it should be, such as {@code a number from 1 to 10}.
     */
    public static UsageException bad(CommandOption option, String text, String wanted) {
        return new UsageException(option.shown() + " " + ByteStrings.display(text) + ": '" + ByteStrings.display(text)
                + "' is not " + wanted);
    }

    private static int unitOf(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    /** Digits only, no sign, no more than 32 bits; else -1. */
    private static long digits(String text, int radix) {
        if (text.isEmpty()) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, radix) : -1;
            value = value * radix + digit;
            if (digit < 0 || value > 0xffff_ffffL) {
                return -1;
            }
        }
        return value;
    }
}
