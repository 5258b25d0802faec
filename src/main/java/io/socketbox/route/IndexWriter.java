package io.socketbox.route;

import static io.socketbox.route.TableLayout.CHECK_PEER;
import static io.socketbox.route.TableLayout.CHECK_PORT;
import static io.socketbox.route.TableLayout.NONE;
import static io.socketbox.route.TableLayout.NO_LIMIT;

import java.util.Arrays;

/** Writes the trie of some rules in one dimension: local address, local port, peer address or peer port. */
final class IndexWriter {
    /** More prefixes than this cannot cover one another. */
    private static final int MAX_NESTING = Bits.ADDRESS_BITS + 2;

    private static final int PORT_BITS = 16;

    private final RouteModel model;
    private final TableWriter out;
    private final OffHeap memory;
    private final ListWriter lists;

    /**
     * Nothing written yet.
     *
     * @param memory for what is needed on the way.
     */
    IndexWriter(RouteModel model, TableWriter out, OffHeap memory) {
        this.model = model;
        this.out = out;
        this.memory = memory;
        lists = new ListWriter(model, out, this);
    }

    ListWriter lists() {
        return lists;
    }

    /**
     * The entry where the trie of a set on the local address begins. Its rules are those of {@code ids} from {@code first}
     * to {@code end - 1}.
     */
    int writeSet(IntColumn ids, int first, int end, boolean longestPrefixWins) {
        PrefixItems items = new PrefixItems(memory);
        for (int at = first; at < end; at++) {
            int rule = ids.get(at);
            int length = model.localPrefixLength(rule);
            items.add(
                    model.localHi(rule) & Bits.maskHi(length), model.localLo(rule) & Bits.maskLo(length), length, rule);
        }
        return write(items, 0, longestPrefixWins);
    }

    /** The trie of rules on one more dimension, in which each of them has a condition; the entry where it begins. */
    int write(int[] ids, int count, int dimension, int indexed) {
        PrefixItems items;
        if (dimension == CHECK_PEER) {
            items = new PrefixItems(memory);
            for (int i = 0; i < count; i++) {
                int length = model.peerPrefixLength(ids[i]);
                long hi = model.peerHi(ids[i]) & Bits.maskHi(length);
                items.add(hi, model.peerLo(ids[i]) & Bits.maskLo(length), length, ids[i]);
            }
        } else {
            items = portPrefixes(ids, count, dimension);
        }
        return write(items, indexed | dimension, false);
    }

    private PrefixItems portPrefixes(int[] ids, int count, int dimension) {
        PrefixItems items = new PrefixItems(memory);
        for (int i = 0; i < count; i++) {
            addPortPrefixes(items, ids[i], dimension);
        }
        return items;
    }

    /** Cuts intervals into aligned blocks, which are prefixes of the port's sixteen bits. */
    private void addPortPrefixes(PrefixItems items, int rule, int dimension) {
        PortSets sets = model.portSets();
        int set = dimension == CHECK_PORT ? model.localPorts(rule) : model.peerPorts(rule);
        for (int i = 0; i < sets.count(set); i++) {
            int last = sets.last(set, i);
            for (int port = sets.first(set, i); port <= last; ) {
                int bits = Math.min(PORT_BITS, Integer.numberOfTrailingZeros(port));
                while (port + (1 << bits) - 1 > last) {
                    bits--;
                }
                items.add(TableLayout.portKey(port), 0, PORT_BITS - bits, rule);
                port += 1 << bits;
            }
        }
    }

    private int write(PrefixItems items, int indexed, boolean longestPrefixWins) {
        items.sort();
        TrieBuilder trie = new TrieBuilder(out, memory);
        int[] openPlaces = new int[MAX_NESTING];
        int[] openLeaves = new int[MAX_NESTING];
        int[] openLowest = new int[MAX_NESTING];
        int[] openUnconditional = new int[MAX_NESTING];
        openLeaves[0] = NONE;
        openLowest[0] = NO_LIMIT;
        openUnconditional[0] = NO_LIMIT;
        int open = 0;
        int leafOfEverything = NONE;
        int[] group = new int[4];
        for (int i = 0; i < items.size(); ) {
            while (open > 0 && !items.covers(openPlaces[open], i)) {
                open--;
            }
            int count = 0;
            int next = i;
            for (; next < items.size() && items.samePrefix(i, next); next++) {
                if (count == group.length) {
                    group = Arrays.copyOf(group, count * 2);
                }
                group[count++] = items.rule(next);
            }
            int leaf = group[0];
            if (!longestPrefixWins) {
                lists.write(group, count, indexed, openLeaves[open], openLowest[open], openUnconditional[open]);
                leaf = lists.leaf();
            }
            open++;
            openPlaces[open] = i;
            openLeaves[open] = leaf;
            openLowest[open] = lists.lowestRule();
            openUnconditional[open] = lists.lowestUnconditional();
            if (items.length(i) == 0) {
                leafOfEverything = leaf;
            } else if (leaf != openLeaves[open - 1]) {
                trie.add(items.hi(i), items.lo(i), items.length(i), leaf);
            }
            i = next;
        }
        return trie.build(leafOfEverything);
    }
}
