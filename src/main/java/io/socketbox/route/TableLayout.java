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
 * Nodes have the size of half a cache line and are aligned to it, siblings stand side by side. An inner node looks at six
 * bits; a table at as many as there are prefixes to tell apart; a terminal is the only prefix below its place.
 */
final class TableLayout {
    static final int NONE = -1;
    /** No rule id is as large. */
    static final int NO_LIMIT = Integer.MAX_VALUE;

    static final int NODE_SIZE = 32;

    /** Inner node, long: which of the 64 slots have a child node. */
    static final int NODE_CHILDREN = 0;
    /** Inner node, long: at which slots a run of equal leaves begins (slots with children do not count). */
    static final int NODE_LEAVES = 8;
    /** Inner node, int: offset of the first child, or of the table; the prefix to compare, two longs, stands right before it. */
    static final int NODE_CHILD_BASE = 16;
    /** Inner node, int: offset of the first leaf. */
    static final int NODE_LEAF_BASE = 20;
    /** Terminal, two longs: the prefix. */
    static final int TERMINAL_HI = 0;

    static final int TERMINAL_LO = 8;
    /** Terminal, int: the leaf of addresses with the prefix. */
    static final int TERMINAL_LEAF = 16;
    /** Either, int: the leaf of addresses without the prefix. */
    static final int NODE_OTHERWISE = 24;
    /** Either, int: the first bit to look at or the length of the prefix, and flags. */
    static final int NODE_META = 28;

    static final int META_BIT = 0xff;
    static final int META_TERMINAL = 0x100;
    /** The bits before the first one to look at have to be compared with the node's prefix. */
    static final int META_COMPARE = 0x200;
    /** The node is a table: an entry for each value of the next bits. */
    static final int META_TABLE = 0x400;
    /** How many bits the table looks at. */
    static final int META_TABLE_BITS_SHIFT = 16;
    /** An entry of a table is a leaf, or, if less than this, a node: see {@link #entryOfNode}. */
    static final int LEAST_LEAF = -2 - (1 << 28);

    /** Set, int: offset of the root node of its trie, or 0 when there is none. */
    static final int SET_ROOT = 0;
    /** Set, int: the leaf when there is no root node. */
    static final int SET_LEAF = 4;
    /** Set, int: the rule id of the default, or {@link #NONE}. */
    static final int SET_DEFAULT = 8;

    static final int SET_SIZE = 16;

    /** List, int: the leaf of the nearest shorter prefix that has one. */
    static final int LIST_LINK = 0;
    /** List, int: the lowest rule id that can be found behind the link. */
    static final int LIST_LINK_MIN = 4;
    /** List, int: the lowest rule id of the list itself. */
    static final int LIST_MIN = 8;
    /** List, int: the number of candidates to try in order, which follow the header. */
    static final int LIST_COUNT = 12;
    /** List, ints: root nodes of the tries of candidates with local ports, peer addresses, peer ports; or 0. */
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
