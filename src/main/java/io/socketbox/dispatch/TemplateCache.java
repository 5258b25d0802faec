package io.socketbox.dispatch;

import io.socketbox.handoff.Handoff;
import io.socketbox.handoff.Target;
import io.socketbox.route.PathExpansion;
import java.util.Arrays;

/**
 * The destinations whose path depends on the connection ({@code -U}): a bounded number of targets, found by template and
 * by the bits of address and port that the template uses. A target for which nothing waits makes room for a new one, by
 * second chance. One thread; a hit allocates nothing.
 */
final class TemplateCache {
    private static final int NONE = -1;

    private final int firstId;
    private final Target[] targets;
    private final PathExpansion[] templates;
    private final long[] his;
    private final long[] los;
    private final int[] ports;
    private final boolean[] used;
    private final int[] buckets;
    private final int[] nextInBucket;
    private int size;
    private int hand;

    /**
     * An empty cache.
     *
     * @param firstId  the id of the first target; the others follow.
     * @param capacity how many targets at most, a power of two.
     */
    TemplateCache(int firstId, int capacity) {
        this.firstId = firstId;
        targets = new Target[capacity];
        templates = new PathExpansion[capacity];
        his = new long[capacity];
        los = new long[capacity];
        ports = new int[capacity];
        used = new boolean[capacity];
        buckets = new int[capacity];
        nextInBucket = new int[capacity];
        Arrays.fill(buckets, NONE);
    }

    /** The target with that id, which must be one of this cache. */
    Target byId(int id) {
        return targets[id - firstId];
    }

    /**
     * The target for a connection.
     *
     * @return null when connections wait for every target, so that none can make room.
     */
    Target find(PathExpansion template, long localHi, long localLo, int localPort, Handoff handoff) {
        long hi = localHi & template.hiMask();
        long lo = localLo & template.loMask();
        int port = localPort & template.portMask();
        int bucket = bucket(template, hi, lo, port);
        for (int slot = buckets[bucket]; slot != NONE; slot = nextInBucket[slot]) {
            if (los[slot] == lo && his[slot] == hi && ports[slot] == port && templates[slot] == template) {
                used[slot] = true;
                return targets[slot];
            }
        }
        int slot = size < targets.length ? size : evict(handoff);
        if (slot == NONE) {
            return null;
        }
        String path = template.expand(hi, lo, port);
        if (slot == size) {
            size++;
            targets[slot] = Target.fromTemplate(firstId + slot, path, template.toString());
        } else {
            targets[slot].readdress(path, template.toString());
        }
        templates[slot] = template;
        his[slot] = hi;
        los[slot] = lo;
        ports[slot] = port;
        used[slot] = true;
        nextInBucket[slot] = buckets[bucket];
        buckets[bucket] = slot;
        return targets[slot];
    }

    /**
     * Closes the sockets of a template's targets, at once or when nothing waits any more.
     *
     * @return whether all are closed.
     */
    boolean retire(PathExpansion template, long ticket, Handoff handoff) {
        boolean all = true;
        for (int slot = 0; slot < size; slot++) {
            if (templates[slot] == template) {
                used[slot] = false;
                all &= handoff.retire(targets[slot], ticket);
            }
        }
        return all;
    }

    /** The template came back before all of its targets were closed. */
    void keep(PathExpansion template) {
        for (int slot = 0; slot < size; slot++) {
            if (templates[slot] == template) {
                targets[slot].keep();
            }
        }
    }

    /** Whether a target is still to be closed that was retired with a ticket. */
    boolean isLeaving(long ticket) {
        for (int slot = 0; slot < size; slot++) {
            if (targets[slot].isLeaving() && targets[slot].ticket() == ticket) {
                return true;
            }
        }
        return false;
    }

    private int evict(Handoff handoff) {
        for (int steps = 2 * targets.length; steps > 0; steps--) {
            hand = (hand + 1) & (targets.length - 1);
            if (used[hand]) {
                used[hand] = false;
            } else if (targets[hand].isIdle()) {
                unlink(hand);
                handoff.release(targets[hand]);
                return hand;
            }
        }
        return NONE;
    }

    private void unlink(int slot) {
        int bucket = bucket(templates[slot], his[slot], los[slot], ports[slot]);
        if (buckets[bucket] == slot) {
            buckets[bucket] = nextInBucket[slot];
            return;
        }
        int before = buckets[bucket];
        while (nextInBucket[before] != slot) {
            before = nextInBucket[before];
        }
        nextInBucket[before] = nextInBucket[slot];
    }

    private int bucket(PathExpansion template, long hi, long lo, int port) {
        long hash = (hi * 31 + lo) * 31 + port + System.identityHashCode(template);
        hash *= 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 32) & (buckets.length - 1);
    }
}
