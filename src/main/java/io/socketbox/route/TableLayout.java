package io.socketbox.route;

/**
 * Where things stand in the buffer of a {@link RouteTable}; all offsets are in bytes. It holds, for each dimension that
 * is worth an index, a multibit trie; what a trie leads to is a <em>leaf</em>, an int:
 *
 * <ul>
 *   <li>{@link #NONE}: no rule;
 *   <li>zero or more: the id of a rule that matches without looking any further;
 *   <li>less than {@link #NONE}: the place of a list of candidates, see {@link #leafOfList}.
 * </ul>
 *
 * <p>What a table of the trie holds, and what a trie begins with, is an <em>entry</em>: a leaf, or a node, see
 * {@link #entryOfNode}. Nodes begin at cache lines. A node is a bucket, as long as a cache line, which tells a few prefixes
 * apart by the 64 bits from some bit on, or a table with an entry for each value of the next bits.
 */
final class TableLayout {
    static final int NONE = -1;
    /** No rule id is as large. */
    static final int NO_LIMIT = Integer.MAX_VALUE;

    static final int NODE_SIZE = 64;

    /** Either, int: the first bit to look at (in a bucket 1 to 64), and flags. */
    static final int NODE_META = 0;

    static final int META_BIT = 0xff;
    /** The node is a table. */
    static final int META_TABLE = 0x100;
    /** The bits before the first one to look at have to be compared with the table's prefix. */
    static final int META_COMPARE = 0x200;
    /** How many bits the table looks at. */
    static final int META_TABLE_BITS_SHIFT = 16;

    /** Bucket: how many prefixes there is room for. */
    static final int BUCKET_PREFIXES = 4;
    /** Bucket, a byte for each prefix, the first in the lowest: its length from the first bit on, or {@link #UNUSED}. */
    static final int BUCKET_LENGTHS = 4;
    /** Bucket, a long for each prefix, shorter ones before the longer ones they cover: its bits from the first bit on. */
    static final int BUCKET_KEYS = 8;
    /** Bucket, ints: the leaf of addresses that have none of the prefixes, and the leaf of each prefix. */
    static final int BUCKET_LEAVES = BUCKET_KEYS + 8 * BUCKET_PREFIXES;
    /** Bucket, int: up to 32 bits that come right before the first bit and that all prefixes share. */
    static final int BUCKET_BEFORE = BUCKET_LEAVES + 4 * (BUCKET_PREFIXES + 1);
    /** As a length: more bits than there are. */
    static final int UNUSED = 0x7f;

    /** Table, int: the leaf of addresses without the table's prefix. */
    static final int TABLE_OTHERWISE = 4;
    /** Table, two longs: the prefix. */
    static final int TABLE_HI = 8;

    static final int TABLE_LO = 16;
    /** Table, ints: the entries. */
    static final int TABLE_ENTRIES = 32;

    /** An entry less than this is a node. */
    static final int LEAST_LEAF = -2 - (1 << 28);

    /** Set, int: the entry where its trie begins. */
    static final int SET_ROOT = 0;
    /** Set, int: the rule id of the default, or {@link #NONE}. */
    static final int SET_DEFAULT = 4;

    static final int SET_SIZE = 8;

    /** List, int: the leaf of the nearest shorter prefix that has one. */
    static final int LIST_LINK = 0;
    /** List, int: the lowest rule id that can be found behind the link. */
    static final int LIST_LINK_MIN = 4;
    /** List, int: the lowest rule id of the list itself. */
    static final int LIST_MIN = 8;
    /** List, int: the number of candidates to try in order, which follow the header. */
    static final int LIST_COUNT = 12;
    /** List, ints: where the tries of candidates with local ports, peer addresses, peer ports begin; or {@link #NONE}. */
    static final int LIST_PORTS = 16;

    static final int LIST_PEERS = 20;
    static final int LIST_PEER_PORTS = 24;
    static final int LIST_SIZE = 32;

    /** Candidate, int: rule id. */
    static final int CANDIDATE_RULE = 0;
    /** Candidate, int: which checks follow, in the order of the flags, and above the flags the size in bytes. */
    static final int CANDIDATE_CHECKS = 4;

    static final int CANDIDATE_SIZE = 8;
    /** Two longs value, two longs mask. */
    static final int CHECK_LOCAL = 1;
    /** Int count of intervals, ints of {@link PortSets}, padded to eight bytes. */
    static final int CHECK_PORT = 2;
    /** Two longs value, two longs mask. */
    static final int CHECK_PEER = 4;
    /** As {@link #CHECK_PORT}. */
    static final int CHECK_PEER_PORT = 8;

    static final int ADDRESS_CHECK_SIZE = 32;

    /** As the action of a rule: the set it jumps to is not there. */
    static final int ACTION_MISSING_SET = Integer.MIN_VALUE;

    private TableLayout() {}

    static int leafOfList(int offset) {
        return -2 - (offset >>> 3);
    }

    static int listOfLeaf(int leaf) {
        return (-2 - leaf) << 3;
    }

    static int entryOfNode(int offset) {
        return LEAST_LEAF - 1 - offset / NODE_SIZE;
    }

    static int nodeOfEntry(int entry) {
        return (LEAST_LEAF - 1 - entry) * NODE_SIZE;
    }

    static int portCheckSize(int intervals) {
        return (4 + 4 * intervals + 7) & -8;
    }

    /** A port as the key of a trie. */
    static long portKey(int port) {
        return (long) port << 48;
    }
}
