package io.socketbox.config;

import java.util.function.Consumer;

/** All addresses that have the given values in the bits of a mask; the value is zero outside of it. */
record AddressCube(long hi, long lo, long maskHi, long maskLo) {
    /** Every address. */
    static final AddressCube ALL = new AddressCube(0, 0, 0, 0);

    /** What is in both, or null. */
    AddressCube intersect(AddressCube other) {
        if (((hi ^ other.hi) & maskHi & other.maskHi) != 0 || ((lo ^ other.lo) & maskLo & other.maskLo) != 0) {
            return null;
        }
        return new AddressCube(hi | other.hi, lo | other.lo, maskHi | other.maskHi, maskLo | other.maskLo);
    }

    /** What is not in the other, which this one intersects, in disjoint pieces with the largest first. */
    void subtract(AddressCube other, Consumer<AddressCube> out) {
        AddressCube rest = this;
        for (long bits = other.maskHi & ~maskHi; bits != 0; ) {
            long bit = Long.highestOneBit(bits);
            bits ^= bit;
            long value = other.hi & bit;
            out.accept(new AddressCube(rest.hi | (value ^ bit), rest.lo, rest.maskHi | bit, rest.maskLo));
            rest = new AddressCube(rest.hi | value, rest.lo, rest.maskHi | bit, rest.maskLo);
        }
        for (long bits = other.maskLo & ~maskLo; bits != 0; ) {
            long bit = Long.highestOneBit(bits);
            bits ^= bit;
            long value = other.lo & bit;
            out.accept(new AddressCube(rest.hi, rest.lo | (value ^ bit), rest.maskHi, rest.maskLo | bit));
            rest = new AddressCube(rest.hi, rest.lo | value, rest.maskHi, rest.maskLo | bit);
        }
    }
}
