package io.socketbox.limit;

/**
 * SipHash-2-4 of messages of 16 bytes: without the key nobody can find messages whose hashes have bits in common
 * (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012). Immutable; allocates nothing.
 */
final class SipHash {
    /** The last block of the padded message: its length in the highest byte, and no bytes left over. */
    private static final long LAST_BLOCK = 16L << 56;

    private final long k0;
    private final long k1;

    SipHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** The hash of two words, each of which is eight bytes of the message in little-endian order. */
    long hash(long first, long second) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        for (int block = 0; block < 4; block++) {
            long word = block == 0 ? first : block == 1 ? second : block == 2 ? LAST_BLOCK : 0;
            v3 ^= word;
            v2 ^= block == 3 ? 0xff : 0;
            for (int round = block == 3 ? 4 : 2; round > 0; round--) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
