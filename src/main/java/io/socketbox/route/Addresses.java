package io.socketbox.route;

/** The text form of addresses: RFC 4291, section 2.2, and RFC 5952. Never asks a resolver. */
public final class Addresses {
    private Addresses() {}

    /** Appends the RFC 5952 form; v4-mapped addresses as {@code ::ffff:a.b.c.d}. Allocates nothing but what the builder needs. */
    public static void append(StringBuilder out, long hi, long lo) {
        if (hi == 0 && lo >>> 32 == 0xffff) {
            out.append("::ffff:");
            appendIpv4(out, (int) lo);
            return;
        }
        int zeroStart = -1;
        int zeroLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && word(hi, lo, end) == 0) {
                end++;
            }
            if (end - i > zeroLength) {
                zeroStart = i;
                zeroLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        for (int i = 0; i < 8; i++) {
            if (i == zeroStart) {
                out.append("::");
                i += zeroLength - 1;
                continue;
            }
            if (i > 0 && i != zeroStart + zeroLength) {
                out.append(':');
            }
            appendHex(out, word(hi, lo, i));
        }
    }

    /** The RFC 5952 form. */
    public static String toString(long hi, long lo) {
        StringBuilder out = new StringBuilder(45);
        append(out, hi, lo);
        return out.toString();
    }

    private static int word(long hi, long lo, int index) {
        return (int) ((index < 4 ? hi : lo) >>> (48 - 16 * (index & 3))) & 0xffff;
    }

    private static void appendHex(StringBuilder out, int word) {
        int shift = word > 0xfff ? 12 : word > 0xff ? 8 : word > 0xf ? 4 : 0;
        for (; shift >= 0; shift -= 4) {
            out.append(Character.forDigit(word >>> shift & 15, 16));
        }
    }

    private static void appendIpv4(StringBuilder out, int address) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.append(address >>> shift & 0xff);
            if (shift > 0) {
                out.append('.');
            }
        }
    }
}
