package io.socketbox.route;

/** Arithmetic on 128-bit addresses as two longs. Bit 0 is the most significant. */
final class Bits {
    static final int ADDRESS_BITS = 128;

    private Bits() {}

    /** The upper half of the mask of a prefix. */
    static long maskHi(int length) {
        return length >= 64 ? -1 : length == 0 ? 0 : -1L << (64 - length);
    }

    /** The lower half of the mask of a prefix. */
    static long maskLo(int length) {
        return length >= ADDRESS_BITS ? -1 : length <= 64 ? 0 : -1L << (ADDRESS_BITS - length);
    }

    /** How many bits from the first on are set. */
    static int leadingOnes(long hi, long lo) {
        return hi != -1 ? Long.numberOfLeadingZeros(~hi) : 64 + (lo == -1 ? 64 : Long.numberOfLeadingZeros(~lo));
    }

    /** How many bits from the first on two addresses share. */
    static int commonLength(long aHi, long aLo, long bHi, long bLo) {
        return aHi != bHi ? Long.numberOfLeadingZeros(aHi ^ bHi) : 64 + Long.numberOfLeadingZeros(aLo ^ bLo);
    }

    /** Whether two addresses share their first bits; {@code length} is at least 1. */
    static boolean samePrefix(long aHi, long aLo, long bHi, long bLo, int length) {
        return length <= 64
                ? (aHi ^ bHi) >>> (64 - length) == 0
                : aHi == bHi && (aLo ^ bLo) >>> (ADDRESS_BITS - length) == 0;
    }

    /** The {@code count} (1 to 31) bits from {@code start} (0 to 127) on, with zeros after the end. */
    static int bits(long hi, long lo, int start, int count) {
        long aligned = start < 64 ? (hi << start) | (lo >>> 1 >>> (63 - start)) : lo << (start - 64);
        return (int) (aligned >>> (64 - count));
    }

    /** The 64 bits from {@code start} (1 to 64) on. */
    static long from(long hi, long lo, int start) {
        return (hi << (start - 1) << 1) | (lo >>> (64 - start));
    }

    /** The 32 bits, or as many as there are, before {@code end} (1 to 64). */
    static int before(long hi, int end) {
        return (int) (hi >>> (64 - end));
    }
}
