package io.socketbox.route;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules before they are compiled, in columns: a rule is an index, not an object. Rule ids follow the order of the
 * file over all sets, so that within a set the lower id is the earlier rule. Filled by one thread. They are outside the heap until {@link #close}.
 *
 * <p>An action is an int: a destination's index, {@link RouteTable#FAIL}, or {@link #jumpTo} a set.
 */
public final class RouteModel implements AutoCloseable {
    /** As {@link #defaultOf}: the set has none. */
    public static final int NONE = RouteTable.NO_RULE;

    /** How the entries of a set are chosen. */
    public enum SetKind {
        /** {@code rule-set}: the first that matches. */
        RULES,
        /** {@code map-set}: the one with the key; the first of several. */
        MAP,
        /** {@code prefix-set}: the one with the longest prefix; the first of several. */
        PREFIXES
    }

    private final OffHeap memory = new OffHeap();
    private final List<SetKind> kindOfSet = new ArrayList<>();
    private final IntColumn isDefined = new IntColumn(memory);
    private final IntColumn defaultOfSet = new IntColumn(memory);
    private int firstSet = NONE;

    private final IntColumn setOfRule = new IntColumn(memory);
    private final LongColumn localHi = new LongColumn(memory);
    private final LongColumn localLo = new LongColumn(memory);
    private final IntColumn localMask = new IntColumn(memory);
    private final IntColumn localPorts = new IntColumn(memory);
    private final LongColumn peerHi = new LongColumn(memory);
    private final LongColumn peerLo = new LongColumn(memory);
    private final IntColumn peerMask = new IntColumn(memory);
    private final IntColumn peerPorts = new IntColumn(memory);
    private final IntColumn actions = new IntColumn(memory);
    private final IntColumn lines = new IntColumn(memory);
    private final IntColumn limits = new IntColumn(memory);
    private boolean hasLimits;
    private int rules;
    private int defaults;

    private final MaskPool masks = new MaskPool();
    private final PortSets portSets = new PortSets();

    /** The action that jumps to a set. */
    public static int jumpTo(int set) {
        return -2 - set;
    }

    /** Whether an action is a jump. */
    public static boolean isJump(int action) {
        return action < RouteTable.FAIL;
    }

    /** The set that an action jumps to. */
    public static int targetOf(int action) {
        return -2 - action;
    }

    /** A new set, known by name only: jumps to it fail until {@link #define}. */
    public int addSet(SetKind kind) {
        kindOfSet.add(kind);
        return kindOfSet.size() - 1;
    }

    /** The set is there. */
    public void define(int set) {
        isDefined.put(set, 1);
    }

    public boolean isDefined(int set) {
        return isDefined.get(set) != 0;
    }

    public SetKind kindOf(int set) {
        return kindOfSet.get(set);
    }

    public int setCount() {
        return kindOfSet.size();
    }

    /** Where matching starts; {@link #NONE} when there is no such set. */
    public int firstSet() {
        return firstSet;
    }

    public void startAt(int set) {
        firstSet = set;
    }

    /** Adds an entry that matches everything until told otherwise. */
    public int addRule(int set, int line, int action) {
        setOfRule.put(rules, set + 1);
        lines.put(rules, line);
        actions.put(rules, action);
        return rules++;
    }

    /** Sets what a set does when no entry matches; the last call counts. */
    public int setDefault(int set, int line, int action) {
        int rule = addRule(set, line, action);
        setOfRule.put(rule, -set - 1);
        defaultOfSet.put(set, rule + 1);
        defaults++;
        return rule;
    }

    /** Entries and defaults. */
    public int ruleCount() {
        return rules;
    }

    /** Defaults, also those that a later one replaced. */
    public int defaultCount() {
        return defaults;
    }

    public int setOf(int rule) {
        return Math.abs(setOfRule.get(rule)) - 1;
    }

    public boolean isDefault(int rule) {
        return setOfRule.get(rule) < 0;
    }

    /** The rule id of a set's default or {@link #NONE}. */
    public int defaultOf(int set) {
        return defaultOfSet.get(set) - 1;
    }

    /** What a rule decides counts for a limit. */
    public void limitRule(int rule, int limit) {
        limits.put(rule, limit + 1);
        hasLimits = true;
    }

    /** The index of a rule's limit or {@link #NONE}. */
    public int limitOf(int rule) {
        return limits.get(rule) - 1;
    }

    /** Whether any rule has a limit. */
    boolean hasLimits() {
        return hasLimits;
    }

    public int lineOf(int rule) {
        return lines.get(rule);
    }

    public int actionOf(int rule) {
        return actions.get(rule);
    }

    /** The rule wants {@code address & mask == value & mask} of the local address. */
    public void matchLocal(int rule, long hi, long lo, long maskHi, long maskLo) {
        localHi.put(rule, hi & maskHi);
        localLo.put(rule, lo & maskLo);
        localMask.put(rule, masks.intern(maskHi, maskLo));
    }

    /** The rule wants {@code address & mask == value & mask} of the peer's address. */
    public void matchPeer(int rule, long hi, long lo, long maskHi, long maskLo) {
        peerHi.put(rule, hi & maskHi);
        peerLo.put(rule, lo & maskLo);
        peerMask.put(rule, masks.intern(maskHi, maskLo));
    }

    /** The rule wants the local port in a set of {@link #portSets()}. */
    public void matchLocalPorts(int rule, int portSet) {
        localPorts.put(rule, portSet);
    }

    /** The rule wants the peer's port in a set of {@link #portSets()}. */
    public void matchPeerPorts(int rule, int portSet) {
        peerPorts.put(rule, portSet);
    }

    public PortSets portSets() {
        return portSets;
    }

    public long localHi(int rule) {
        return localHi.get(rule);
    }

    public long localLo(int rule) {
        return localLo.get(rule);
    }

    public long localMaskHi(int rule) {
        return masks.hi(localMask.get(rule));
    }

    public long localMaskLo(int rule) {
        return masks.lo(localMask.get(rule));
    }

    public int localPorts(int rule) {
        return localPorts.get(rule);
    }

    public long peerHi(int rule) {
        return peerHi.get(rule);
    }

    public long peerLo(int rule) {
        return peerLo.get(rule);
    }

    public long peerMaskHi(int rule) {
        return masks.hi(peerMask.get(rule));
    }

    public long peerMaskLo(int rule) {
        return masks.lo(peerMask.get(rule));
    }

    public int peerPorts(int rule) {
        return peerPorts.get(rule);
    }

    /** The leading contiguous bits of the local mask. */
    int localPrefixLength(int rule) {
        return masks.leading(localMask.get(rule));
    }

    boolean hasLocalHoles(int rule) {
        return masks.hasHoles(localMask.get(rule));
    }

    boolean hasPeer(int rule) {
        return peerMask.get(rule) != 0;
    }

    int peerPrefixLength(int rule) {
        return masks.leading(peerMask.get(rule));
    }

    boolean hasPeerHoles(int rule) {
        return masks.hasHoles(peerMask.get(rule));
    }

    /** Whether an entry's conditions hold, one by one as they are written: slow, for explanations and checks. */
    public boolean matches(
            int rule, long localHi, long localLo, int localPort, long peerHi, long peerLo, int peerPort) {
        return ((localHi ^ localHi(rule)) & localMaskHi(rule)) == 0
                && ((localLo ^ localLo(rule)) & localMaskLo(rule)) == 0
                && ((peerHi ^ peerHi(rule)) & peerMaskHi(rule)) == 0
                && ((peerLo ^ peerLo(rule)) & peerMaskLo(rule)) == 0
                && portSets.contains(localPorts(rule), localPort)
                && portSets.contains(peerPorts(rule), peerPort);
    }

    /** Gives back the memory; nothing else may be called any more. */
    @Override
    public void close() {
        memory.close();
    }
}
