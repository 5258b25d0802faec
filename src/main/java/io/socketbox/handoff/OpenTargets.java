package io.socketbox.handoff;

import java.util.Arrays;

/**
 * The targets that have a socket, of which there may be a bounded number, and which of them gives up its place. Any of
 * them may be it: whoever chose the one that was not used for longest would open each socket anew when a few more than
 * there are places for are connected to in turn, as a scan of a prefix does. One thread.
 */
final class OpenTargets {
    /** The golden ratio as a fraction of 2^64: its multiples are spread evenly over any range (Weyl's sequence). */
    private static final long STEP = 0x9e37_79b9_7f4a_7c15L;

    private Target[] places;
    private int capacity;
    private int size;
    private long draw;

    OpenTargets(int capacity) {
        this.capacity = capacity;
        places = new Target[capacity];
    }

    /** Changes the number of places. Those that are taken stay so. */
    void resize(int newCapacity) {
        capacity = newCapacity;
        if (newCapacity > places.length) {
            places = Arrays.copyOf(places, newCapacity);
        }
    }

    boolean isFull() {
        return size >= capacity;
    }

    /** Gives a target a free place; there must be one. Returns its index, for {@link #remove}. */
    int add(Target target) {
        places[size] = target;
        return size++;
    }

    /** Frees a place. Returns the target that moved into it, or null when that was the last one. */
    Target remove(int index) {
        Target last = places[--size];
        places[size] = null;
        if (index == size) {
            return null;
        }
        places[index] = last;
        return last;
    }

    /**
     * A target for which nothing waits.
     *
     * @return null when connections wait for every one of them.
     */
    Target victim() {
        draw += STEP;
        int first = (int) Math.unsignedMultiplyHigh(draw, size);
        for (int i = 0; i < size; i++) {
            Target target = places[(first + i) % size];
            if (target.isIdle()) {
                return target;
            }
        }
        return null;
    }
}
