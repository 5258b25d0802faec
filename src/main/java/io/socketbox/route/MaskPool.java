package io.socketbox.route;

import java.util.Arrays;

/** Address masks by a small id: 0 to 128 is the mask of that prefix length, above are masks with holes. */
final class MaskPool {
    private static final int CONTIGUOUS = Bits.ADDRESS_BITS + 1;

    /** Two longs for each mask with holes. */
    private long[] masks = new long[16];

    private int[] hashTable = new int[16];
    private int count;

    int intern(long hi, long lo) {
        int ones = Bits.leadingOnes(hi, lo);
        if (hi == Bits.maskHi(ones) && lo == Bits.maskLo(ones)) {
            return ones;
        }
        if (count * 2 >= hashTable.length) {
            grow();
        }
        int slot = slotOf(hi, lo);
        if (hashTable[slot] == 0) {
            masks[2 * count] = hi;
            masks[2 * count + 1] = lo;
            hashTable[slot] = ++count;
        }
        return CONTIGUOUS + hashTable[slot] - 1;
    }

    long hi(int id) {
        return id < CONTIGUOUS ? Bits.maskHi(id) : masks[2 * (id - CONTIGUOUS)];
    }

    long lo(int id) {
        return id < CONTIGUOUS ? Bits.maskLo(id) : masks[2 * (id - CONTIGUOUS) + 1];
    }

    /** The prefix length of the mask, up to its first hole. */
    int leading(int id) {
        return id < CONTIGUOUS ? id : Bits.leadingOnes(hi(id), lo(id));
    }

    boolean hasHoles(int id) {
        return id >= CONTIGUOUS;
    }

    private int slotOf(long hi, long lo) {
        int slot = Long.hashCode((hi * 31 + lo) * 0x9e3779b97f4a7c15L) & (hashTable.length - 1);
        while (hashTable[slot] != 0 && (hi != masks[2 * hashTable[slot] - 2] || lo != masks[2 * hashTable[slot] - 1])) {
            slot = (slot + 1) & (hashTable.length - 1);
        }
        return slot;
    }

    private void grow() {
        masks = Arrays.copyOf(masks, masks.length * 2);
        hashTable = new int[hashTable.length * 2];
        for (int i = 0; i < count; i++) {
            hashTable[slotOf(masks[2 * i], masks[2 * i + 1])] = i + 1;
        }
    }
}
