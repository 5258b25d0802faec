package io.socketbox.route;

import static io.socketbox.route.TableLayout.ADDRESS_CHECK_SIZE;
import static io.socketbox.route.TableLayout.CANDIDATE_CHECKS;
import static io.socketbox.route.TableLayout.CANDIDATE_RULE;
import static io.socketbox.route.TableLayout.CANDIDATE_SIZE;
import static io.socketbox.route.TableLayout.CHECK_LOCAL;
import static io.socketbox.route.TableLayout.CHECK_PEER;
import static io.socketbox.route.TableLayout.CHECK_PEER_PORT;
import static io.socketbox.route.TableLayout.CHECK_PORT;
import static io.socketbox.route.TableLayout.LIST_COUNT;
import static io.socketbox.route.TableLayout.LIST_LINK;
import static io.socketbox.route.TableLayout.LIST_LINK_MIN;
import static io.socketbox.route.TableLayout.LIST_MIN;
import static io.socketbox.route.TableLayout.LIST_PEERS;
import static io.socketbox.route.TableLayout.LIST_PEER_PORTS;
import static io.socketbox.route.TableLayout.LIST_PORTS;
import static io.socketbox.route.TableLayout.LIST_SIZE;
import static io.socketbox.route.TableLayout.NONE;
import static io.socketbox.route.TableLayout.NO_LIMIT;

import java.util.Arrays;

/**
 * Decides what a prefix leads to: the rules that stand at this very prefix, without those that can never be the first to
 * match, and a link to the rules of the nearest shorter prefix. Rules of shorter prefixes are never copied. What is left
 * of more than a handful of rules goes into tries of its own, by the next dimension in which the rules differ.
 */
final class ListWriter {
    /** Up to so many candidates are tried one by one: a few comparisons in a row cost no more than a walk. */
    private static final int MAX_LINEAR = 8;

    private final RouteModel model;
    private final TableWriter out;
    private final IndexWriter indexes;

    private int leaf;
    private int lowestRule;
    private int lowestUnconditional;

    private int longest;
    private int longestRule = NONE;

    ListWriter(RouteModel model, TableWriter out, IndexWriter indexes) {
        this.model = model;
        this.out = out;
        this.indexes = indexes;
    }

    /** The leaf that the last {@link #write} made. */
    int leaf() {
        return leaf;
    }

    /** The lowest rule id that can be found from the leaf. */
    int lowestRule() {
        return lowestRule;
    }

    /** The lowest id of a rule that everything below the prefix matches; later rules are dead there. */
    int lowestUnconditional() {
        return lowestUnconditional;
    }

    /** The length of the longest list that is tried one by one. */
    int longest() {
        return longest;
    }

    /** The first rule of the longest list. */
    int longestRule() {
        return longestRule;
    }

    /**
     * @param ids ascending; overwritten.
     * @param indexed CHECK flags of the dimensions that the way to this list has looked at.
     * @param coverLeaf what the nearest shorter prefix leads to, and its lowest rules.
     */
    void write(int[] ids, int count, int indexed, int coverLeaf, int coverLowest, int coverUnconditional) {
        int kept = 0;
        int unconditional = NO_LIMIT;
        for (int i = 0; i < count && ids[i] < coverUnconditional && unconditional == NO_LIMIT; i++) {
            ids[kept++] = ids[i];
            if (checks(ids[i], indexed) == 0) {
                unconditional = ids[i];
            }
        }
        boolean linked = coverLowest < unconditional;
        if (kept == 0) {
            leaf = coverLeaf;
            lowestRule = coverLowest;
            lowestUnconditional = coverUnconditional;
        } else {
            int first = ids[0];
            leaf = unconditional == first && !linked
                    ? first
                    : writeList(ids, kept, indexed, linked ? coverLeaf : NONE, linked ? coverLowest : NO_LIMIT);
            lowestRule = linked ? Math.min(first, coverLowest) : first;
            lowestUnconditional = Math.min(unconditional, coverUnconditional);
        }
    }

    private int writeList(int[] ids, int count, int indexed, int link, int linkMin) {
        int first = ids[0];
        int ports = NONE;
        int peers = NONE;
        int peerPorts = NONE;
        int linear = count;
        if (count > MAX_LINEAR) {
            boolean peersFirst = arePeersMoreDistinct(ids, count, indexed);
            for (int turn = 0; turn < 3; turn++) {
                int dimension = turn == 2 ? CHECK_PEER_PORT : (turn == 0) == peersFirst ? CHECK_PEER : CHECK_PORT;
                int[] group = select(ids, linear, indexed, dimension);
                if (group.length <= MAX_LINEAR) {
                    continue;
                }
                linear = remove(ids, linear, indexed, dimension);
                int start = indexes.write(group, group.length, dimension, indexed);
                switch (dimension) {
                    case CHECK_PORT -> ports = start;
                    case CHECK_PEER -> peers = start;
                    default -> peerPorts = start;
                }
            }
        }
        noteLength(ids, linear);
        int list = out.allocate(LIST_SIZE, 8);
        out.putInt(list + LIST_LINK, link);
        out.putInt(list + LIST_LINK_MIN, linkMin);
        out.putInt(list + LIST_MIN, first);
        out.putInt(list + LIST_COUNT, linear);
        out.putInt(list + LIST_PORTS, ports);
        out.putInt(list + LIST_PEERS, peers);
        out.putInt(list + LIST_PEER_PORTS, peerPorts);
        for (int i = 0; i < linear; i++) {
            writeCandidate(ids[i], checks(ids[i], indexed));
        }
        return TableLayout.leafOfList(list);
    }

    private void noteLength(int[] ids, int count) {
        if (count > longest) {
            longest = count;
            longestRule = ids[0];
        }
    }

    /** Which checks are left of a rule once some dimensions have been looked at. */
    private int checks(int rule, int indexed) {
        int checks = model.hasLocalHoles(rule) ? CHECK_LOCAL : 0;
        if (model.localPorts(rule) != PortSets.ANY && (indexed & CHECK_PORT) == 0) {
            checks |= CHECK_PORT;
        }
        if (model.hasPeer(rule) && ((indexed & CHECK_PEER) == 0 || model.hasPeerHoles(rule))) {
            checks |= CHECK_PEER;
        }
        if (model.peerPorts(rule) != PortSets.ANY && (indexed & CHECK_PEER_PORT) == 0) {
            checks |= CHECK_PEER_PORT;
        }
        return checks;
    }

    private boolean isIndexable(int rule, int indexed, int dimension) {
        return (indexed & dimension) == 0
                && (checks(rule, indexed) & dimension) != 0
                && (dimension != CHECK_PEER || model.peerPrefixLength(rule) > 0);
    }

    private int[] select(int[] ids, int count, int indexed, int dimension) {
        int[] selected = new int[count];
        int size = 0;
        for (int i = 0; i < count; i++) {
            if (isIndexable(ids[i], indexed, dimension)) {
                selected[size++] = ids[i];
            }
        }
        return Arrays.copyOf(selected, size);
    }

    private int remove(int[] ids, int count, int indexed, int dimension) {
        int size = 0;
        for (int i = 0; i < count; i++) {
            if (!isIndexable(ids[i], indexed, dimension)) {
                ids[size++] = ids[i];
            }
        }
        return size;
    }

    /** A range of ports is several prefixes, so the dimension that splits the rules better comes first. */
    private boolean arePeersMoreDistinct(int[] ids, int count, int indexed) {
        long[] ports = new long[count];
        long[] peers = new long[count];
        int both = 0;
        for (int i = 0; i < count; i++) {
            int rule = ids[i];
            if (isIndexable(rule, indexed, CHECK_PORT) && isIndexable(rule, indexed, CHECK_PEER)) {
                ports[both] = model.localPorts(rule);
                peers[both] = (model.peerHi(rule) * 31 + model.peerLo(rule)) * 31 + model.peerPrefixLength(rule);
                both++;
            }
        }
        return distinct(peers, both) > distinct(ports, both);
    }

    private static int distinct(long[] values, int count) {
        Arrays.sort(values, 0, count);
        int distinct = Math.min(count, 1);
        for (int i = 1; i < count; i++) {
            distinct += values[i] == values[i - 1] ? 0 : 1;
        }
        return distinct;
    }

    private void writeCandidate(int rule, int checks) {
        PortSets sets = model.portSets();
        int portSize = (checks & CHECK_PORT) == 0 ? 0 : TableLayout.portCheckSize(sets.count(model.localPorts(rule)));
        int peerPortSize =
                (checks & CHECK_PEER_PORT) == 0 ? 0 : TableLayout.portCheckSize(sets.count(model.peerPorts(rule)));
        int addresses = Integer.bitCount(checks & (CHECK_LOCAL | CHECK_PEER));
        int size = CANDIDATE_SIZE + addresses * ADDRESS_CHECK_SIZE + portSize + peerPortSize;
        int at = out.allocate(size, 8);
        out.putInt(at + CANDIDATE_RULE, rule);
        out.putInt(at + CANDIDATE_CHECKS, checks | (size << 4));
        at += CANDIDATE_SIZE;
        if ((checks & CHECK_LOCAL) != 0) {
            out.putLong(at, model.localHi(rule));
            out.putLong(at + 8, model.localLo(rule));
            out.putLong(at + 16, model.localMaskHi(rule));
            out.putLong(at + 24, model.localMaskLo(rule));
            at += ADDRESS_CHECK_SIZE;
        }
        if ((checks & CHECK_PORT) != 0) {
            writePorts(at, model.localPorts(rule));
            at += portSize;
        }
        if ((checks & CHECK_PEER) != 0) {
            out.putLong(at, model.peerHi(rule));
            out.putLong(at + 8, model.peerLo(rule));
            out.putLong(at + 16, model.peerMaskHi(rule));
            out.putLong(at + 24, model.peerMaskLo(rule));
            at += ADDRESS_CHECK_SIZE;
        }
        if ((checks & CHECK_PEER_PORT) != 0) {
            writePorts(at, model.peerPorts(rule));
        }
    }

    private void writePorts(int at, int set) {
        PortSets sets = model.portSets();
        int count = sets.count(set);
        out.putInt(at, count);
        for (int i = 0; i < count; i++) {
            out.putInt(at + 4 + 4 * i, PortSets.interval(sets.first(set, i), sets.last(set, i)));
        }
    }
}
