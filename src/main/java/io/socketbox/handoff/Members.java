package io.socketbox.handoff;

import io.socketbox.linux.HotCalls;
import java.util.Arrays;

/**
 * The members of a balanced destination, and whose turn it is. Nothing is allocated but when members join.
 *
 * <p>Round-robin is the smooth kind: with weights 5, 1 and 1 the turns are a a b a c a a. Source is rendezvous hashing:
 * each member draws a number for the client, and the best number wins; so a member that leaves gives up its own clients
 * only, and one that joins takes its share from all. Both look at every member once: some nanoseconds each, some tens of
 * them for source with unequal weights. Least-pending asks the kernel, a system call each, about
 * {@value #LEAST_PENDING_LOOKS} members at most, the next ones each time: nearly as good as asking about all.
 *
 * <p>One thread.
 */
final class Members {
    private static final int LEAST_PENDING_LOOKS = 4;
    private static final int FIRST_CAPACITY = 4;
    private static final double UNIT = 0x1p-53;

    private final Balance balance;
    private Target[] targets = new Target[FIRST_CAPACITY];
    private int[] weights = new int[FIRST_CAPACITY];
    private long[] seeds = new long[FIRST_CAPACITY];
    /** What each member is owed: grows by its weight at every choice, and shrinks by all weights when it is chosen. */
    private long[] credits = new long[FIRST_CAPACITY];

    /** Of least-pending's last looks: which member, and what was sent to it. */
    private final int[] lookedAt = new int[LEAST_PENDING_LOOKS];

    private final int[] pending = new int[LEAST_PENDING_LOOKS];
    private int size;
    private boolean equalWeights = true;
    private int cursor;
    private int probeCursor;

    Members(Balance balance) {
        this.balance = balance;
    }

    /** Whether a connection waits for its own member where that is busy, instead of for any. */
    boolean areSticky() {
        return balance == Balance.SOURCE;
    }

    int size() {
        return size;
    }

    Target get(int index) {
        return targets[index];
    }

    /**
     * Adds a member.
     *
     * @param weight at least 1.
     * @param seed   what source knows it by: the same for the same member, whenever and wherever it joins.
     */
    void add(Target target, int weight, long seed) {
        if (size == targets.length) {
            targets = Arrays.copyOf(targets, 2 * size);
            weights = Arrays.copyOf(weights, 2 * size);
            seeds = Arrays.copyOf(seeds, 2 * size);
            credits = Arrays.copyOf(credits, 2 * size);
        }
        targets[size] = target;
        weights[size] = weight;
        seeds[size] = seed;
        credits[size] = 0;
        size++;
        compareWeights();
    }

    /** Removes a member, if it is one. */
    void remove(Target target) {
        for (int i = 0; i < size; i++) {
            if (targets[i] == target) {
                int rest = --size - i;
                System.arraycopy(targets, i + 1, targets, i, rest);
                System.arraycopy(weights, i + 1, weights, i, rest);
                System.arraycopy(seeds, i + 1, seeds, i, rest);
                System.arraycopy(credits, i + 1, credits, i, rest);
                targets[size] = null;
                compareWeights();
                return;
            }
        }
    }

    private void compareWeights() {
        equalWeights = true;
        for (int i = 1; i < size; i++) {
            equalWeights &= weights[i] == weights[0];
        }
    }

    /**
     * The member that a connection should be tried with, by what the members' states say now.
     *
     * @param calls of the thread, for least-pending.
     * @param key   for source, {@link #key} of the client's address.
     * @return null when every member is absent or (but for source) full.
     */
    Target next(HotCalls calls, long key, long nowNs) {
        return switch (balance) {
            case ROUND_ROBIN -> nextInTurn(nowNs);
            case LEAST_PENDING -> leastPending(calls, nowNs);
            case SOURCE -> ofClient(key);
        };
    }

    private Target nextInTurn(long nowNs) {
        int best = -1;
        long owed = 0;
        for (int i = 0; i < size; i++) {
            if (targets[i].mayTake(nowNs)) {
                credits[i] += weights[i];
                owed += weights[i];
                if (best < 0 || credits[i] > credits[best]) {
                    best = i;
                }
            }
        }
        if (best < 0) {
            return null;
        }
        credits[best] -= owed;
        return targets[best];
    }

    private Target leastPending(HotCalls calls, long nowNs) {
        int looks = 0;
        int least = 0;
        int at = cursor < size ? cursor : 0;
        for (int left = size; left > 0 && looks < LEAST_PENDING_LOOKS; left--) {
            if (targets[at].mayTake(nowNs)) {
                int fd = targets[at].socketFd;
                lookedAt[looks] = at;
                pending[looks] = fd < 0 ? 0 : calls.outgoingBytes(fd);
                least = isLess(looks, least) ? looks : least;
                looks++;
            }
            at = at + 1 < size ? at + 1 : 0;
        }
        cursor = size > LEAST_PENDING_LOOKS ? at : 0;
        return looks == 0 ? null : inTurnAmongEqual(looks, least);
    }

    /** Those to which nothing less was sent than to the one found take turns. */
    private Target inTurnAmongEqual(int looks, int least) {
        int best = -1;
        long owed = 0;
        for (int look = 0; look < looks; look++) {
            if (!isLess(least, look)) {
                int i = lookedAt[look];
                credits[i] += weights[i];
                owed += weights[i];
                if (best < 0 || credits[i] > credits[best]) {
                    best = i;
                }
            }
        }
        credits[best] -= owed;
        return targets[best];
    }

    private boolean isLess(int look, int thanLook) {
        return (long) pending[look] * weights[lookedAt[thanLook]] < (long) pending[thanLook] * weights[lookedAt[look]];
    }

    private Target ofClient(long key) {
        Target best = null;
        double bestDraw = 0;
        for (int i = 0; i < size; i++) {
            if (!targets[i].isAbsent()) {
                // Of equal weights, the order of the logarithms is that of the numbers themselves.
                double number = ((mix(key ^ seeds[i]) >>> 11) + 0.5) * UNIT;
                double draw = equalWeights ? number : Math.log(number) / weights[i];
                if (best == null || draw > bestDraw) {
                    best = targets[i];
                    bestDraw = draw;
                }
            }
        }
        return best;
    }

    /** A member that was absent and whose time it is to be looked for again, in turn; or null. */
    Target nextToProbe(long nowNs) {
        for (int left = size; left > 0; left--) {
            probeCursor = probeCursor + 1 < size ? probeCursor + 1 : 0;
            Target target = targets[probeCursor];
            if (target.state == Target.State.AWAY && nowNs >= target.retryAtNs) {
                return target;
            }
        }
        return null;
    }

    /** What source distinguishes clients by: all 128 bits of the address. */
    static long key(long hi, long lo) {
        return mix(hi + mix(lo));
    }

    /** A seed out of a name that stays the same over restarts. */
    static long seed(String name) {
        long hash = name.length();
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash + name.charAt(i));
        }
        return hash;
    }

    /** A bijection that leaves no pattern: the finalizer of SplitMix64. */
    private static long mix(long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
