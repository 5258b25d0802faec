package io.socketbox.route;

import static io.socketbox.route.TableLayout.ACTION_MISSING_SET;
import static io.socketbox.route.TableLayout.ADDRESS_CHECK_SIZE;
import static io.socketbox.route.TableLayout.BUCKET_BEFORE;
import static io.socketbox.route.TableLayout.BUCKET_KEYS;
import static io.socketbox.route.TableLayout.BUCKET_LEAVES;
import static io.socketbox.route.TableLayout.BUCKET_LENGTHS;
import static io.socketbox.route.TableLayout.CANDIDATE_CHECKS;
import static io.socketbox.route.TableLayout.CANDIDATE_RULE;
import static io.socketbox.route.TableLayout.CANDIDATE_SIZE;
import static io.socketbox.route.TableLayout.CHECK_LOCAL;
import static io.socketbox.route.TableLayout.CHECK_PEER;
import static io.socketbox.route.TableLayout.CHECK_PEER_PORT;
import static io.socketbox.route.TableLayout.CHECK_PORT;
import static io.socketbox.route.TableLayout.LEAST_LEAF;
import static io.socketbox.route.TableLayout.LIST_COUNT;
import static io.socketbox.route.TableLayout.LIST_LINK;
import static io.socketbox.route.TableLayout.LIST_LINK_MIN;
import static io.socketbox.route.TableLayout.LIST_MIN;
import static io.socketbox.route.TableLayout.LIST_PEERS;
import static io.socketbox.route.TableLayout.LIST_PEER_PORTS;
import static io.socketbox.route.TableLayout.LIST_PORTS;
import static io.socketbox.route.TableLayout.LIST_SIZE;
import static io.socketbox.route.TableLayout.META_BIT;
import static io.socketbox.route.TableLayout.META_COMPARE;
import static io.socketbox.route.TableLayout.META_TABLE;
import static io.socketbox.route.TableLayout.META_TABLE_BITS_SHIFT;
import static io.socketbox.route.TableLayout.NODE_META;
import static io.socketbox.route.TableLayout.NONE;
import static io.socketbox.route.TableLayout.NO_LIMIT;
import static io.socketbox.route.TableLayout.SET_DEFAULT;
import static io.socketbox.route.TableLayout.SET_ROOT;
import static io.socketbox.route.TableLayout.SET_SIZE;
import static io.socketbox.route.TableLayout.TABLE_ENTRIES;
import static io.socketbox.route.TableLayout.TABLE_HI;
import static io.socketbox.route.TableLayout.TABLE_LO;
import static io.socketbox.route.TableLayout.TABLE_OTHERWISE;

import java.util.Objects;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The compiled rules: one flat buffer, laid out as {@link TableLayout} says. Immutable, safe for many threads; a lookup
 * allocates nothing. {@link RouteCompiler} makes it.
 *
 * <p>A lookup goes from set to set. In each it walks the trie to the longest prefix of the local address that has rules,
 * and takes the lowest rule id among the candidates there and at the shorter prefixes that it links to, leaving out every
 * list whose lowest id is above what was found already.
 *
 * <p>The buffer is outside the heap until {@link #close}, which is for when nobody looks anything up any more.
 */
public final class RouteTable implements AutoCloseable {
    /** {@code fail}, no match and no default, a jump to a set that is not there, or more than 100 sets looked at. */
    public static final int FAIL = -1;

    /** As a destination in {@link #match}: nothing matched in a set without default. */
    public static final int FAIL_NO_MATCH = -2;
    /** As a destination in {@link #match}: the rule jumped to a set that is not there. */
    public static final int FAIL_MISSING_SET = -3;
    /** As a destination in {@link #match}: more than {@link #MAX_SETS} sets would have to be looked at. */
    public static final int FAIL_TOO_MANY_SETS = -4;
    /** As a rule id: no rule decided. */
    public static final int NO_RULE = -1;
    /** A lookup looks at this many sets at most, counting the first. */
    public static final int MAX_SETS = 100;

    private final OffHeap memory = new OffHeap();
    private final UnsafeBuffer buffer;
    private final long address;
    private final int sets;
    private int firstSet;
    private final int actions;
    private final int lines;
    private final int limits;
    private final int rules;
    private final int longestList;
    private final int longestListRule;
    private final int always;

    /** Offsets in the buffer, and counts. */
    record Places(int sets, int firstSet, int actions, int lines, int limits, int rules) {}

    RouteTable(TableWriter written, Places places, int longestList, int longestListRule) {
        this.buffer = written.finish(memory);
        this.address = buffer.addressOffset();
        this.sets = places.sets();
        this.firstSet = places.firstSet();
        this.actions = places.actions();
        this.lines = places.lines();
        this.limits = places.limits();
        this.rules = places.rules();
        this.longestList = longestList;
        this.longestListRule = longestListRule;
        this.always = FAIL_MISSING_SET;
    }

    private RouteTable(int always) {
        this.buffer = new UnsafeBuffer(0, 0);
        this.address = 0;
        this.sets = 0;
        this.firstSet = NONE;
        this.actions = 0;
        this.lines = 0;
        this.limits = NONE;
        this.rules = 0;
        this.longestList = 0;
        this.longestListRule = NONE;
        this.always = always;
    }

    /** A table without rules, with one answer. */
    static RouteTable always(int destination) {
        return new RouteTable(destination);
    }

    /** The index of the destination of a connection, or {@link #FAIL}. */
    public int lookup(long localHi, long localLo, int localPort, long peerHi, long peerLo, int peerPort) {
        return Math.max(FAIL, destinationOf(match(localHi, localLo, localPort, peerHi, peerLo, peerPort)));
    }

    /**
     * Like {@link #lookup}, and says which rule decided.
     *
     * @return take it apart with {@link #ruleOf} and {@link #destinationOf}.
     */
    public long match(long localHi, long localLo, int localPort, long peerHi, long peerLo, int peerPort) {
        int set = firstSet;
        if (set == NONE) {
            return result(NO_RULE, always);
        }
        int rule = NO_RULE;
        for (int looked = 0; looked < MAX_SETS; looked++) {
            int found = decide(set, localHi, localLo, localPort, peerHi, peerLo, peerPort);
            if (found == NO_RULE) {
                return result(rule, FAIL_NO_MATCH);
            }
            rule = found;
            int action = getInt(actions + 4 * rule);
            if (action >= FAIL) {
                return result(rule, action);
            }
            if (action == ACTION_MISSING_SET) {
                return result(rule, FAIL_MISSING_SET);
            }
            set = RouteModel.targetOf(action);
        }
        return result(rule, FAIL_TOO_MANY_SETS);
    }

    private static long result(int rule, int destination) {
        return ((long) rule << 32) | (destination & 0xffff_ffffL);
    }

    /**
     * The last rule that was followed, in 0 to {@link #ruleCount()} - 1, or {@link #NO_RULE}. It decided, unless the
     * destination is {@link #FAIL_NO_MATCH}: then it is the one that jumped to where nothing matched.
     */
    public static int ruleOf(long match) {
        return (int) (match >> 32);
    }

    /** The index of the destination, or one of the negative {@code FAIL} values. */
    public static int destinationOf(long match) {
        return (int) match;
    }

    /** Number of rules, among them defaults; rule ids are dense and in the order of the file. */
    public int ruleCount() {
        return rules;
    }

    /** The line of the configuration, from 1, where a rule stands. */
    public int lineOf(int rule) {
        return buffer.getInt(lines + 4 * Objects.checkIndex(rule, rules));
    }

    /** The index of the limit that a rule names, or -1; also -1 for {@link #NO_RULE}. */
    public int limitOf(int rule) {
        return limits == NONE || rule < 0 ? NONE : buffer.getInt(limits + 4 * rule);
    }

    /** Gives back the memory. No thread may look anything up from now on; what its own does, fails. */
    @Override
    public void close() {
        firstSet = NONE;
        buffer.wrap(0, 0);
        memory.close();
    }

    /** Size of the table, bytes. */
    public long sizeInBytes() {
        return buffer.capacity();
    }

    /** The most candidates that a lookup may have to try one by one at one prefix. */
    public int longestList() {
        return longestList;
    }

    /** The first rule of the longest list, or {@link #NO_RULE}. */
    public int longestListRule() {
        return longestListRule;
    }

    /** The rule that decides in one set, its default if need be, or {@link #NO_RULE}: one step of {@link #match}. */
    public int decide(int set, long localHi, long localLo, int localPort, long peerHi, long peerLo, int peerPort) {
        int at = sets + set * SET_SIZE;
        int leaf = walk(getInt(at + SET_ROOT), localHi, localLo);
        if (leaf < NONE) {
            int found = lowest(leaf, NO_LIMIT, localHi, localLo, localPort, peerHi, peerLo, peerPort);
            leaf = found == NO_LIMIT ? NONE : found;
        }
        return leaf != NONE ? leaf : getInt(at + SET_DEFAULT);
    }

    /** From the entry where a trie begins to a leaf. */
    private int walk(int start, long hi, long lo) {
        int entry = start;
        while (entry < LEAST_LEAF) {
            long node = address + TableLayout.nodeOfEntry(entry);
            int meta = intAt(node + NODE_META);
            int bit = meta & META_BIT;
            if ((meta & META_TABLE) == 0) {
                return leafInBucket(node, bit, hi, lo);
            }
            if ((meta & META_COMPARE) != 0
                    && !Bits.samePrefix(longAt(node + TABLE_HI), longAt(node + TABLE_LO), hi, lo, bit)) {
                return intAt(node + TABLE_OTHERWISE);
            }
            entry = intAt(node + TABLE_ENTRIES + 4L * Bits.bits(hi, lo, bit, meta >>> META_TABLE_BITS_SHIFT));
        }
        return entry;
    }

    /** Compares with all prefixes of a bucket at once, because no branch could foresee which one an address has. */
    private int leafInBucket(long bucket, int bit, long hi, long lo) {
        if (Bits.before(hi, bit) != intAt(bucket + BUCKET_BEFORE)) {
            return intAt(bucket + BUCKET_LEAVES);
        }
        long key = Bits.from(hi, lo, bit);
        int shared = Long.numberOfLeadingZeros(key ^ longAt(bucket + BUCKET_KEYS))
                | Long.numberOfLeadingZeros(key ^ longAt(bucket + BUCKET_KEYS + 8)) << 8
                | Long.numberOfLeadingZeros(key ^ longAt(bucket + BUCKET_KEYS + 16)) << 16
                | Long.numberOfLeadingZeros(key ^ longAt(bucket + BUCKET_KEYS + 24)) << 24;
        // Leaves the top bit of each byte where no fewer bits are shared than the prefix has. The highest is the
        // longest.
        int matching = ((shared | 0x8080_8080) - intAt(bucket + BUCKET_LENGTHS)) & 0x8080_8080;
        int place = (32 - Integer.numberOfLeadingZeros(matching)) >>> 3;
        return intAt(bucket + BUCKET_LEAVES + 4L * place);
    }

    /** The lowest rule id below {@code limit} that matches, among the lists from a leaf on; else {@code limit}. */
    private int lowest(
            int leaf, int limit, long localHi, long localLo, int localPort, long peerHi, long peerLo, int peerPort) {
        int best = limit;
        int at = leaf;
        while (at < NONE) {
            int list = TableLayout.listOfLeaf(at);
            if (getInt(list + LIST_MIN) < best) {
                best = lowestInList(list, best, localHi, localLo, localPort, peerHi, peerLo, peerPort);
            }
            if (getInt(list + LIST_LINK_MIN) >= best) {
                return best;
            }
            at = getInt(list + LIST_LINK);
        }
        return at == NONE ? best : Math.min(best, at);
    }

    private int lowestInList(
            int list, int limit, long localHi, long localLo, int localPort, long peerHi, long peerLo, int peerPort) {
        int best = limit;
        int at = list + LIST_SIZE;
        for (int count = getInt(list + LIST_COUNT); count > 0; count--) {
            int rule = getInt(at + CANDIDATE_RULE);
            if (rule >= best) {
                break;
            }
            int checks = getInt(at + CANDIDATE_CHECKS);
            if (matches(at + CANDIDATE_SIZE, checks, localHi, localLo, localPort, peerHi, peerLo, peerPort)) {
                best = rule;
                break;
            }
            at += checks >>> 4;
        }
        int ports = getInt(list + LIST_PORTS);
        if (ports != NONE) {
            int leaf = walk(ports, TableLayout.portKey(localPort), 0);
            best = lowest(leaf, best, localHi, localLo, localPort, peerHi, peerLo, peerPort);
        }
        int peers = getInt(list + LIST_PEERS);
        if (peers != NONE) {
            int leaf = walk(peers, peerHi, peerLo);
            best = lowest(leaf, best, localHi, localLo, localPort, peerHi, peerLo, peerPort);
        }
        int peerPorts = getInt(list + LIST_PEER_PORTS);
        if (peerPorts != NONE) {
            int leaf = walk(peerPorts, TableLayout.portKey(peerPort), 0);
            best = lowest(leaf, best, localHi, localLo, localPort, peerHi, peerLo, peerPort);
        }
        return best;
    }

    private boolean matches(
            int candidate,
            int checks,
            long localHi,
            long localLo,
            int localPort,
            long peerHi,
            long peerLo,
            int peerPort) {
        int at = candidate;
        if ((checks & CHECK_LOCAL) != 0) {
            if (!hasMaskedValue(at, localHi, localLo)) {
                return false;
            }
            at += ADDRESS_CHECK_SIZE;
        }
        if ((checks & CHECK_PORT) != 0) {
            if (!hasPort(at, localPort)) {
                return false;
            }
            at += TableLayout.portCheckSize(getInt(at));
        }
        if ((checks & CHECK_PEER) != 0) {
            if (!hasMaskedValue(at, peerHi, peerLo)) {
                return false;
            }
            at += ADDRESS_CHECK_SIZE;
        }
        return (checks & CHECK_PEER_PORT) == 0 || hasPort(at, peerPort);
    }

    private boolean hasMaskedValue(int at, long hi, long lo) {
        return ((getLong(at) ^ hi) & getLong(at + 16)) == 0 && ((getLong(at + 8) ^ lo) & getLong(at + 24)) == 0;
    }

    private boolean hasPort(int at, int port) {
        for (int i = getInt(at); i > 0; i--) {
            int interval = getInt(at + 4 * i);
            if (port >= PortSets.first(interval) && port <= PortSets.last(interval)) {
                return true;
            }
        }
        return false;
    }

    /** The int at an offset in the table. */
    private int getInt(int offset) {
        return intAt(address + offset);
    }

    private long getLong(int offset) {
        return longAt(address + offset);
    }

    /** The int at an address in the table. Checked each time, the bounds would nearly double what a lookup takes. */
    private int intAt(long at) {
        assert isInside(at, Integer.BYTES);
        return UnsafeApi.getInt(at);
    }

    private long longAt(long at) {
        assert isInside(at, Long.BYTES);
        return UnsafeApi.getLong(at);
    }

    private boolean isInside(long at, int size) {
        return at >= address && at <= address + buffer.capacity() - size;
    }
}
