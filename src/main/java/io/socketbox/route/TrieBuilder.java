package io.socketbox.route;

import static io.socketbox.route.TableLayout.META_COMPARE;
import static io.socketbox.route.TableLayout.META_TABLE;
import static io.socketbox.route.TableLayout.META_TABLE_BITS_SHIFT;
import static io.socketbox.route.TableLayout.META_TERMINAL;
import static io.socketbox.route.TableLayout.NODE_CHILDREN;
import static io.socketbox.route.TableLayout.NODE_CHILD_BASE;
import static io.socketbox.route.TableLayout.NODE_LEAF_BASE;
import static io.socketbox.route.TableLayout.NODE_LEAVES;
import static io.socketbox.route.TableLayout.NODE_META;
import static io.socketbox.route.TableLayout.NODE_OTHERWISE;
import static io.socketbox.route.TableLayout.NODE_SIZE;
import static io.socketbox.route.TableLayout.NONE;
import static io.socketbox.route.TableLayout.TERMINAL_HI;
import static io.socketbox.route.TableLayout.TERMINAL_LEAF;
import static io.socketbox.route.TableLayout.TERMINAL_LO;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the trie of distinct prefixes, each with its leaf. Every inner node looks at the six bits after those that all
 * prefixes below it share, so that long common prefixes cost one comparison and the number of nodes is bounded by the
 * number of prefixes, whatever they are. Within a node a longer prefix replaces the shorter one's leaf slot by slot (as
 * in Poptrie, Asai and Ohara, SIGCOMM 2015); runs of equal leaves are kept once. Where many prefixes part at
 * once, a table of more bits stands in for several levels of nodes.
 */
final class TrieBuilder {
    private static final int SLOTS = 64;
    private static final int STRIDE = 6;
    /** Fewer prefixes than this are told apart by one or two inner nodes anyway. */
    private static final int MIN_FOR_TABLE = 64;

    /** Four entries for each prefix make most of them the only one of theirs; measured, see bench/NOTES.md. */
    private static final int TABLE_BITS_PER_PREFIX = 2;

    private static final int MAX_TABLE_BITS = 22;
    /** A table is worth its memory if at least one in so many of its entries is in use. */
    private static final int TABLE_SPARSENESS = 16;

    private final TableWriter out;
    private final OffHeap memory;
    private final LongColumn hi;
    private final LongColumn lo;
    private final IntColumn length;
    private final IntColumn leaf;
    private int size;
    private final List<Level> levels = new ArrayList<>();

    TrieBuilder(TableWriter out, OffHeap memory) {
        this.out = out;
        this.memory = memory;
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

    /** Writes the nodes; the offset of the root, or 0 when there are no prefixes. */
    int build(int leafOfEverything) {
        if (size == 0) {
            return 0;
        }
        int root = out.allocate(NODE_SIZE, NODE_SIZE);
        write(root, 0, size, 0, leafOfEverything, 0);
        return root;
    }

    private void write(int node, int first, int end, int knownBits, int inherited, int depth) {
        out.putInt(node + NODE_OTHERWISE, inherited);
        if (end - first == 1) {
            writeTerminal(node, first);
            return;
        }
        int common = Math.min(
                length(first), Bits.commonLength(hi.get(first), lo.get(first), hi.get(end - 1), lo.get(end - 1)));
        int tableBits = tableBits(first, end, common);
        if (tableBits > 0) {
            writeTable(node, first, end, common, common > knownBits, tableBits, inherited, depth);
            return;
        }
        Level level = level(depth);
        if (length(first) == common) {
            level.split(first + 1, end, common, leaf.get(first));
        } else {
            level.split(first, end, common, inherited);
        }
        boolean compare = common > knownBits;
        int children = Long.bitCount(level.childSlots);
        int childBase = out.allocate(NODE_SIZE * (children + (compare ? 1 : 0)), NODE_SIZE);
        if (compare) {
            childBase += NODE_SIZE;
            out.putLong(childBase - 16, hi.get(first));
            out.putLong(childBase - 8, lo.get(first));
        }
        out.putLong(node + NODE_CHILDREN, level.childSlots);
        out.putLong(node + NODE_LEAVES, level.leafRuns());
        out.putInt(node + NODE_CHILD_BASE, childBase);
        out.putInt(node + NODE_LEAF_BASE, writeLeaves(level));
        out.putInt(node + NODE_META, common | (compare ? META_COMPARE : 0));
        int child = childBase;
        for (long rest = level.childSlots; rest != 0; rest &= rest - 1) {
            int slot = Long.numberOfTrailingZeros(rest);
            write(child, level.childFirst[slot], level.childEnd[slot], common + STRIDE, level.leaves[slot], depth + 1);
            child += NODE_SIZE;
        }
    }

    /** How many bits a table of these prefixes would look at, or 0 when it would be mostly empty. */
    private int tableBits(int first, int end, int common) {
        if (end - first < MIN_FOR_TABLE) {
            return 0;
        }
        int log2 = 31 - Integer.numberOfLeadingZeros(end - first);
        int bits = Math.min(MAX_TABLE_BITS, log2 + TABLE_BITS_PER_PREFIX);
        int used = 0;
        int last = -1;
        for (int i = first; i < end; i++) {
            int slot = Bits.bits(hi.get(i), lo.get(i), common, bits);
            used += slot == last ? 0 : 1;
            last = slot;
        }
        return used >= (1 << bits) / TABLE_SPARSENESS ? bits : 0;
    }

    private void writeTable(
            int node, int first, int end, int common, boolean compare, int bits, int inherited, int depth) {
        int table = out.allocate((4 << bits) + 2 * NODE_SIZE, 2 * NODE_SIZE) + 2 * NODE_SIZE;
        out.putLong(table - 16, hi.get(first));
        out.putLong(table - 8, lo.get(first));
        out.putInt(node + NODE_CHILD_BASE, table);
        out.putInt(
                node + NODE_META, common | META_TABLE | (compare ? META_COMPARE : 0) | (bits << META_TABLE_BITS_SHIFT));
        boolean covered = length(first) == common;
        fill(table, 0, 1 << bits, covered ? leaf.get(first) : inherited);
        IntColumn children = new IntColumn(memory);
        int count = 0;
        for (int i = covered ? first + 1 : first; i < end; ) {
            int slot = Bits.bits(hi.get(i), lo.get(i), common, bits);
            int bitsLeft = common + bits - length(i);
            if (bitsLeft >= 0) {
                fill(table, slot, slot + (1 << bitsLeft), leaf.get(i));
                i++;
            } else {
                children.put(count++, i);
                i = endOfSlot(i, end, common, bits);
            }
        }
        int nodes = out.allocate(NODE_SIZE * count, NODE_SIZE);
        for (int child = 0; child < count; child++) {
            int from = children.get(child);
            int entry = table + 4 * Bits.bits(hi.get(from), lo.get(from), common, bits);
            int otherwise = out.getInt(entry);
            int childNode = nodes + NODE_SIZE * child;
            out.putInt(entry, TableLayout.entryOfNode(childNode));
            write(childNode, from, endOfSlot(from, end, common, bits), common + bits, otherwise, depth);
        }
    }

    private void fill(int table, int fromSlot, int toSlot, int value) {
        for (int slot = fromSlot; slot < toSlot; slot++) {
            out.putInt(table + 4 * slot, value);
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

    private void writeTerminal(int node, int prefix) {
        out.putLong(node + TERMINAL_HI, hi.get(prefix));
        out.putLong(node + TERMINAL_LO, lo.get(prefix));
        out.putInt(node + TERMINAL_LEAF, leaf.get(prefix));
        out.putInt(node + NODE_META, length(prefix) | META_TERMINAL);
    }

    private int writeLeaves(Level level) {
        long runs = level.leafRuns();
        int base = out.allocate(4 * Long.bitCount(runs), 4);
        int at = base;
        for (long rest = runs; rest != 0; rest &= rest - 1) {
            out.putInt(at, level.leaves[Long.numberOfTrailingZeros(rest)]);
            at += 4;
        }
        return base;
    }

    private int length(int prefix) {
        return length.get(prefix);
    }

    private Level level(int depth) {
        if (depth == levels.size()) {
            levels.add(new Level());
        }
        return levels.get(depth);
    }

    /** The slots of the node that is being written at one depth. */
    private final class Level {
        private final int[] leaves = new int[SLOTS];
        private final int[] childFirst = new int[SLOTS];
        private final int[] childEnd = new int[SLOTS];
        private long childSlots;

        void split(int first, int end, int start, int inherited) {
            childSlots = 0;
            Arrays.fill(leaves, inherited);
            for (int i = first; i < end; ) {
                int slot = Bits.sixBits(hi.get(i), lo.get(i), start);
                int bitsLeft = start + STRIDE - length(i);
                if (bitsLeft >= 0) {
                    Arrays.fill(leaves, slot, slot + (1 << bitsLeft), leaf.get(i));
                    i++;
                    continue;
                }
                childFirst[slot] = i;
                while (i < end && Bits.sixBits(hi.get(i), lo.get(i), start) == slot) {
                    i++;
                }
                childEnd[slot] = i;
                childSlots |= 1L << slot;
            }
        }

        long leafRuns() {
            long runs = 0;
            int previous = NONE;
            for (int slot = 0; slot < SLOTS; slot++) {
                if ((childSlots & (1L << slot)) == 0 && (runs == 0 || leaves[slot] != previous)) {
                    runs |= 1L << slot;
                    previous = leaves[slot];
                }
            }
            return runs;
        }
    }
}
