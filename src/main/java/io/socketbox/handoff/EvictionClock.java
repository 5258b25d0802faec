package io.socketbox.handoff;

import java.util.Arrays;

/**
 * Chooses which of a bounded number of targets gives up its place: the second-chance approximation of least recently
 * used. A use costs one store to {@link Target#used}. One thread.
 */
final class EvictionClock {
    private Target[] places;
    private int capacity;
    private int size;
    private int hand;

    EvictionClock(int capacity) {
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
        target.used = true;
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
     * A target that was not used since the hand last passed it and for which nothing waits.
     *
     * @return null when connections wait for every one of them.
     */
    Target victim() {
        for (int steps = 2 * size; steps > 0; steps--) {
            hand = hand + 1 < size ? hand + 1 : 0;
            Target target = places[hand];
            if (target.used) {
                target.used = false;
            } else if (target.isIdle()) {
                return target;
            }
        }
        return null;
    }
}
