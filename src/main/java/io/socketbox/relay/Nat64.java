package io.socketbox.relay;

import io.socketbox.linux.Inet6Text;
import java.util.HexFormat;

/**
 * The mapping of {@code -N}: which addresses clients may have connected to, and how the low bits of such an address are
 * put into a target.
 *
 * @param prefixHi the prefix's first half.
 * @param prefixLo its second half.
 * @param wide whether the prefix is a /64 and 64 bits are taken over; else it is a /96 and 32 are.
 */
record Nat64(long prefixHi, long prefixLo, boolean wide) {
    private static final long LOW_32 = 0xffff_ffffL;

    /** Whether the prefix covers an address. */
    boolean covers(long hi, long lo) {
        return hi == prefixHi && (wide || (lo & ~LOW_32) == (prefixLo & ~LOW_32));
    }

    /**
     * The target for a client that connected to a covered address: the low bits replace those of the target's address, or
     * are appended to its path in hexadecimal; a port of 0 becomes the one that the client connected to.
     */
    Target map(Target target, long lo, int port) {
        if (target.isUnix()) {
            HexFormat hex = HexFormat.of();
            return Target.unix(target.unixName() + "-" + (wide ? hex.toHexDigits(lo) : hex.toHexDigits((int) lo)));
        }
        long mapped = wide ? lo : (target.lo() & ~LOW_32) | (lo & LOW_32);
        return new Target(null, target.hi(), mapped, target.port() == 0 ? port : target.port(), target.scopeId());
    }

    /** {@code 64:ff9b::/96}. */
    String display() {
        return Inet6Text.format(prefixHi, prefixLo) + (wide ? "/64" : "/96");
    }
}
