package io.socketbox.route;

import static io.socketbox.route.TableLayout.BUCKET_BEFORE;
import static io.socketbox.route.TableLayout.BUCKET_KEYS;
import static io.socketbox.route.TableLayout.BUCKET_LEAVES;
import static io.socketbox.route.TableLayout.BUCKET_LENGTHS;
import static io.socketbox.route.TableLayout.BUCKET_PREFIXES;
import static io.socketbox.route.TableLayout.META_COMPARE;
import static io.socketbox.route.TableLayout.META_TABLE;
import static io.socketbox.route.TableLayout.META_TABLE_BITS_SHIFT;
import static io.socketbox.route.TableLayout.NODE_META;
import static io.socketbox.route.TableLayout.NODE_SIZE;
import static io.socketbox.route.TableLayout.TABLE_ENTRIES;
import static io.socketbox.route.TableLayout.TABLE_HI;
import static io.socketbox.route.TableLayout.TABLE_LO;
import static io.socketbox.route.TableLayout.TABLE_OTHERWISE;
import static io.socketbox.route.TableLayout.UNUSED;

import java.util.Arrays;

/**
 * Writes the trie of distinct prefixes, each with its leaf. A few prefixes go into a bucket, if they are
 * told apart by the bits that it has room for. Others are divided by a table that looks at the bits after those that all
 * of them share, so that long common prefixes cost one comparison: at so many bits that there is about an entry for each
 * prefix, and at fewer where most entries would be empty. Within a table a longer prefix replaces the shorter one's leaf
 * entry by entry. A table is never much larger than its prefixes, and divides them by at least three bits.
 */
final class TrieBuilder {
    /** A smaller table would not be smaller than a cache line. */
    private static final int MIN_TABLE_BITS = 3;

    private static final int MAX_TABLE_BITS = 22;
    /** A table is worth its memory if at least one in so many of its entries is in use. */
    private static final int TABLE_SPARSENESS = 16;

    private final TableWriter out;
    private final LongColumn hi;
    private final LongColumn lo;
    private final IntColumn length;
    private final IntColumn leaf;
    private int size;
    /** For each bit of a table, how many neighbouring prefixes it is the first to tell apart. */
    private final int[] splits = new int[MAX_TABLE_BITS];

    TrieBuilder(TableWriter out, OffHeap memory) {
        this.out = out;
        hi = new LongColumn(memory);
        lo = new LongColumn(memory);
        length = new IntColumn(memory);
        leaf = new IntColumn(memory);
    }

    /** Prefixes come in the order of {@link PrefixItems}, each once, none of length 0. */
    void add(long prefixHi, long prefixLo, int prefixLength, int prefixLeaf) {
        hi.put(size, prefixHi);
        lo.put(size, prefixLo);
        length.put(size, prefixLength);
        leaf.put(size, prefixLeaf);
        size++;
    }

    /** Writes the nodes; the entry where the trie begins. */
    int build(int leafOfEverything) {
        return size == 0 ? leafOfEverything : write(0, size, 0, leafOfEverything);
    }

    private int write(int first, int end, int knownBits, int inherited) {
        int common = commonLength(first, end - 1);
        int bucketStart = end - first > BUCKET_PREFIXES ? 0 : bucketStart(first, end, knownBits, common);
        return TableLayout.entryOfNode(
                bucketStart > 0
                        ? writeBucket(first, end, bucketStart, inherited)
                        : writeTable(first, end, knownBits, Math.min(common, length.get(first)), inherited));
    }

    /** How many bits two prefixes share; what comes after the end of a prefix counts as zeros. */
    private int commonLength(int one, int other) {
        return Bits.commonLength(hi.get(one), lo.get(one), hi.get(other), lo.get(other));
    }

    /** The first bit that a bucket of these prefixes would look at, or 0 if they do not fit one. */
    private int bucketStart(int first, int end, int knownBits, int common) {
        int shortest = Bits.ADDRESS_BITS;
        int longest = 0;
        for (int i = first; i < end; i++) {
            shortest = Math.min(shortest, length.get(i));
            longest = Math.max(longest, length.get(i));
        }
        int start = Math.min(Math.min(common, shortest - 1), Math.min(Long.SIZE, knownBits + Integer.SIZE));
        return longest - start <= Long.SIZE ? start : 0;
    }

    private int writeBucket(int first, int end, int start, int inherited) {
        int bucket = out.allocate(NODE_SIZE, NODE_SIZE);
        out.putInt(bucket + NODE_META, start);
        out.putInt(bucket + BUCKET_BEFORE, Bits.before(hi.get(first), start));
        out.putInt(bucket + BUCKET_LEAVES, inherited);
        int lengths = 0;
        for (int place = 0; place < BUCKET_PREFIXES; place++) {
            int i = first + place;
            lengths |= (i < end ? length.get(i) - start : UNUSED) << (8 * place);
            if (i < end) {
                out.putLong(bucket + BUCKET_KEYS + 8 * place, Bits.from(hi.get(i), lo.get(i), start));
                out.putInt(bucket + BUCKET_LEAVES + 4 * (place + 1), leaf.get(i));
            }
        }
        out.putInt(bucket + BUCKET_LENGTHS, lengths);
        return bucket;
    }

    private int writeTable(int first, int end, int knownBits, int common, int inherited) {
        int bits = tableBits(first, end, common);
        int table = out.allocate(TABLE_ENTRIES + (4 << bits), NODE_SIZE);
        int compare = common > knownBits ? META_COMPARE : 0;
        out.putInt(table + NODE_META, common | META_TABLE | compare | (bits << META_TABLE_BITS_SHIFT));
        out.putInt(table + TABLE_OTHERWISE, inherited);
        out.putLong(table + TABLE_HI, hi.get(first));
        out.putLong(table + TABLE_LO, lo.get(first));
        boolean covered = length.get(first) == common;
        fill(table, 0, 1 << bits, covered ? leaf.get(first) : inherited);
        for (int i = covered ? first + 1 : first; i < end; ) {
            int slot = Bits.bits(hi.get(i), lo.get(i), common, bits);
            int bitsLeft = common + bits - length.get(i);
            if (bitsLeft >= 0) {
                fill(table, slot, slot + (1 << bitsLeft), leaf.get(i));
                i++;
            } else {
                int endOfSlot = endOfSlot(i, end, common, bits);
                int entry = table + TABLE_ENTRIES + 4 * slot;
                out.putInt(entry, write(i, endOfSlot, common + bits, out.getInt(entry)));
                i = endOfSlot;
            }
        }
        return table;
    }

    /** How many bits a table of these prefixes looks at, after the {@code common} ones. */
    private int tableBits(int first, int end, int common) {
        // 0.8 to 1.6 prefixes for each entry if they are random, so that few entries have more than fit a bucket;
        // measured.
        int log2 = 63 - Long.numberOfLeadingZeros((end - first) * 5L / 4);
        int most = Math.clamp(log2, MIN_TABLE_BITS, MAX_TABLE_BITS);
        Arrays.fill(splits, 0);
        for (int i = first + 1; i < end; i++) {
            int bit = commonLength(i - 1, i) - common;
            if (bit < most) {
                splits[bit]++;
            }
        }
        int best = MIN_TABLE_BITS;
        int used = 1;
        for (int bits = 1; bits <= most; bits++) {
            used += splits[bits - 1];
            if (used * TABLE_SPARSENESS >= 1 << bits) {
                best = Math.max(best, bits);
            }
        }
        return best;
    }

    private void fill(int table, int fromSlot, int toSlot, int value) {
        for (int slot = fromSlot; slot < toSlot; slot++) {
            out.putInt(table + TABLE_ENTRIES + 4 * slot, value);
        }
    }

    /** The first prefix that is not in the slot of the one at {@code from}. */
    private int endOfSlot(int from, int end, int start, int bits) {
        int slot = Bits.bits(hi.get(from), lo.get(from), start, bits);
        int i = from;
        while (i < end && Bits.bits(hi.get(i), lo.get(i), start, bits) == slot) {
            i++;
        }
        return i;
    }
}
