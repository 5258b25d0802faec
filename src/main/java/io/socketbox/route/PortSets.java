package io.socketbox.route;

import java.util.Arrays;

/**
 * Sets of ports, each kept once and known by a small id: sorted intervals that neither touch nor overlap. Id 0 is every
 * port.
 */
public final class PortSets {
    /** The id of the set of all ports. */
    public static final int ANY = 0;

    private static final int MAX_PORT = 0xffff;

    /** Intervals of all sets, one after the other, as {@code first << 16 | last}. */
    private int[] intervals = new int[64];

    private int used;
    /** Set {@code id} is {@code intervals[starts[id]]} to {@code intervals[starts[id + 1]]}. */
    private int[] starts = new int[64];

    private int sets;
    private int[] hashTable = new int[128];

    PortSets() {
        intern(new int[] {MAX_PORT}, 1);
    }

    /** One interval as {@link #intern} wants it. */
    public static int interval(int first, int last) {
        return (first << 16) | last;
    }

    static int first(int interval) {
        return interval >>> 16;
    }

    static int last(int interval) {
        return interval & MAX_PORT;
    }

    /** The id of the union of intervals; sorts and merges the array's first {@code count} places. */
    public int intern(int[] wanted, int count) {
        int length = normalize(wanted, count);
        int mask = hashTable.length - 1;
        int slot = hash(wanted, length) & mask;
        while (hashTable[slot] != 0) {
            int id = hashTable[slot] - 1;
            if (Arrays.equals(intervals, starts[id], starts[id + 1], wanted, 0, length)) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
        int id = append(wanted, length);
        hashTable[slot] = id + 1;
        if (sets * 2 > hashTable.length) {
            rehash();
        }
        return id;
    }

    /** The number of intervals of a set. */
    public int count(int id) {
        return starts[id + 1] - starts[id];
    }

    /** The first port of an interval of a set. */
    public int first(int id, int index) {
        return first(intervals[starts[id] + index]);
    }

    /** The last port of an interval of a set. */
    public int last(int id, int index) {
        return last(intervals[starts[id] + index]);
    }

    /** Whether a port is in a set. */
    public boolean contains(int id, int port) {
        for (int i = starts[id]; i < starts[id + 1]; i++) {
            if (port >= first(intervals[i]) && port <= last(intervals[i])) {
                return true;
            }
        }
        return false;
    }

    private static int normalize(int[] wanted, int count) {
        for (int i = 0; i < count; i++) {
            wanted[i] ^= Integer.MIN_VALUE;
        }
        Arrays.sort(wanted, 0, count);
        int length = 0;
        for (int i = 0; i < count; i++) {
            int interval = wanted[i] ^ Integer.MIN_VALUE;
            if (length > 0 && first(interval) <= last(wanted[length - 1]) + 1) {
                int last = Math.max(last(wanted[length - 1]), last(interval));
                wanted[length - 1] = interval(first(wanted[length - 1]), last);
            } else {
                wanted[length++] = interval;
            }
        }
        return length;
    }

    private int append(int[] wanted, int length) {
        if (used + length > intervals.length) {
            intervals = Arrays.copyOf(intervals, Math.max(used + length, used * 2));
        }
        System.arraycopy(wanted, 0, intervals, used, length);
        used += length;
        if (sets + 2 > starts.length) {
            starts = Arrays.copyOf(starts, starts.length * 2);
        }
        starts[sets + 1] = used;
        return sets++;
    }

    private void rehash() {
        int[] larger = new int[hashTable.length * 2];
        for (int entry : hashTable) {
            if (entry != 0) {
                int[] set = Arrays.copyOfRange(intervals, starts[entry - 1], starts[entry]);
                int slot = hash(set, set.length) & (larger.length - 1);
                while (larger[slot] != 0) {
                    slot = (slot + 1) & (larger.length - 1);
                }
                larger[slot] = entry;
            }
        }
        hashTable = larger;
    }

    private static int hash(int[] set, int length) {
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ set[i]) * 0x9e3779b1;
        }
        return hash ^ (hash >>> 15);
    }
}
