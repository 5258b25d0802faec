package io.socketbox.linux;

/** IPv6 addresses, given as two longs in network order, as text of RFC 5952; v4-mapped ones as plain IPv4. */
public final class Inet6Text {
    private static final int WORDS = 8;

    private Inet6Text() {}

    /** {@code 2001:db8::1}, {@code 1.2.3.4}. */
    public static String format(long hi, long lo) {
        StringBuilder text = new StringBuilder(39);
        append(text, hi, lo);
        return text.toString();
    }

    /** {@code [2001:db8::1]:80}, {@code [fe80::1%2]:80}, {@code 1.2.3.4:80}; a scope of 0 is left out. */
    public static String format(long hi, long lo, int scopeId, int port) {
        StringBuilder text = new StringBuilder(48);
        if (isV4Mapped(hi, lo)) {
            append(text, hi, lo);
        } else {
            append(text.append('['), hi, lo);
            if (scopeId != 0) {
                text.append('%').append(scopeId);
            }
            text.append(']');
        }
        return text.append(':').append(port).toString();
    }

    /** Whether the address lies in ::ffff:0:0/96. */
    public static boolean isV4Mapped(long hi, long lo) {
        return hi == 0 && lo >>> 32 == 0xffff;
    }

    /** Appends the address to {@code text} without allocating anything else. */
    public static void append(StringBuilder text, long hi, long lo) {
        if (isV4Mapped(hi, lo)) {
            appendIpv4(text, (int) lo);
            return;
        }
        int zerosStart = longestZeros(hi, lo);
        int zerosEnd = zerosStart < 0 ? -1 : endOfZeros(hi, lo, zerosStart);
        for (int i = 0; i < WORDS; i++) {
            if (i == zerosStart) {
                text.append("::");
                i = zerosEnd - 1;
            } else {
                if (i > 0 && i != zerosEnd) {
                    text.append(':');
                }
                appendHex(text, word(hi, lo, i));
            }
        }
    }

    private static void appendIpv4(StringBuilder text, int address) {
        text.append(address >>> 24)
                .append('.')
                .append(address >>> 16 & 0xff)
                .append('.')
                .append(address >>> 8 & 0xff)
                .append('.')
                .append(address & 0xff);
    }

    private static void appendHex(StringBuilder text, int word) {
        for (int shift = word > 0xfff ? 12 : word > 0xff ? 8 : word > 0xf ? 4 : 0; shift >= 0; shift -= 4) {
            text.append(Character.forDigit(word >>> shift & 0xf, 16));
        }
    }

    private static int word(long hi, long lo, int index) {
        return (int) ((index < 4 ? hi : lo) >>> (48 - 16 * (index & 3))) & 0xffff;
    }

    /** RFC 5952 section 4.2: the first of the longest runs of at least two zero words, or -1. */
    private static int longestZeros(long hi, long lo) {
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < WORDS; i++) {
            int length = endOfZeros(hi, lo, i) - i;
            if (length > bestLength) {
                best = i;
                bestLength = length;
            }
        }
        return best;
    }

    private static int endOfZeros(long hi, long lo, int from) {
        int end = from;
        while (end < WORDS && word(hi, lo, end) == 0) {
            end++;
        }
        return end;
    }
}
