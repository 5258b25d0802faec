package io.socketbox.route;

import java.util.Arrays;

/**
 * A socket path with holes for the connection's local address ({@code -U}): the first occurrence of each of
 * {@code #//0_} to {@code #//7_} (the 16-bit words of the address) and {@code #//P_} (the port) becomes five decimal
 * digits. Immutable.
 */
public final class PathExpansion {
    private static final int HOLE_LENGTH = 5;
    private static final int WORDS = 8;
    private static final int PORT = 8;

    private final String pattern;
    /** What fills the character at a position: -1 the pattern itself, else the word (or PORT) of the hole that starts there. */
    private final byte[] holes;

    private final long hiMask;
    private final long loMask;
    private final int portMask;

    /**
     * Finds the holes.
     *
     * @param pattern a byte string.
     */
    public PathExpansion(String pattern) {
        this.pattern = pattern;
        this.holes = new byte[pattern.length()];
        Arrays.fill(holes, (byte) -1);
        long hi = 0;
        long lo = 0;
        int port = 0;
        for (int word = 0; word <= PORT; word++) {
            int at = pattern.indexOf("#//" + (word == PORT ? 'P' : (char) ('0' + word)) + "_");
            if (at < 0) {
                continue;
            }
            holes[at] = (byte) word;
            if (word == PORT) {
                port = 0xffff;
            } else if (word < WORDS / 2) {
                hi |= 0xffffL << shift(word);
            } else {
                lo |= 0xffffL << shift(word);
            }
        }
        hiMask = hi;
        loMask = lo;
        portMask = port;
    }

    /** The bits of the address's first half that the path depends on. */
    public long hiMask() {
        return hiMask;
    }

    /** The bits of the address's second half that the path depends on. */
    public long loMask() {
        return loMask;
    }

    /** The bits of the port that the path depends on. */
    public int portMask() {
        return portMask;
    }

    /**
     * Fills the holes.
     *
     * @param hi   first half of the local address.
     * @param lo   second half.
     * @param port local port.
     * @return the path, a byte string.
     */
    public String expand(long hi, long lo, int port) {
        StringBuilder path = new StringBuilder(pattern.length());
        for (int i = 0; i < pattern.length(); ) {
            int word = holes[i];
            if (word < 0) {
                path.append(pattern.charAt(i++));
                continue;
            }
            int value = word == PORT ? port : (int) ((word < WORDS / 2 ? hi : lo) >>> shift(word)) & 0xffff;
            for (int divisor = 10_000; divisor > 0; divisor /= 10) {
                path.append((char) ('0' + value / divisor % 10));
            }
            i += HOLE_LENGTH;
        }
        return path.toString();
    }

    @Override
    public String toString() {
        return pattern;
    }

    private static int shift(int word) {
        return 48 - 16 * (word & 3);
    }
}
