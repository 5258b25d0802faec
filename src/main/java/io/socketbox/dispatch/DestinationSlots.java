package io.socketbox.dispatch;

import io.socketbox.handoff.HandoffLimits;
import io.socketbox.limit.Limiters;
import io.socketbox.route.Destination;
import io.socketbox.route.PathExpansion;
import io.socketbox.route.RouteTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers destinations by slots that stay the same for as long as somebody uses them, whatever the table calls them. A
 * slot is given to another destination only after every dispatcher has let go of the one that had it, so that nobody can
 * mistake one for the other.
 *
 * <p>One thread, the conductor's.
 */
final class DestinationSlots {
    private static final int NOT_LEAVING = -1;

    private final int dispatchers;
    private final Map<Destination, Integer> slots = new HashMap<>();
    private Destination[] destinations = new Destination[0];
    private PathExpansion[] templates = new PathExpansion[0];
    /** Number of the last snapshot that names a slot's destination. */
    private int[] namedBy = new int[0];
    /** Number of the first snapshot that no longer names it. */
    private int[] leavingSince = new int[0];
    /** How many dispatchers have yet to let go of it. */
    private int[] holders = new int[0];

    private int[] free = new int[0];
    private int freeCount;
    private int size;
    private int nextNumber;

    /** @param dispatchers how many follow the snapshots, each from the first one on. */
    DestinationSlots(int dispatchers) {
        this.dispatchers = dispatchers;
    }

    /**
     * The next snapshot.
     *
     * @param table  its table.
     * @param wanted its destinations, as the table numbers them.
     * @param limits what each dispatcher may hold.
     * @param limiters as the table numbers them.
     */
    Change change(RouteTable table, List<Destination> wanted, HandoffLimits limits, Limiters limiters) {
        int number = nextNumber++;
        int[] slotOfIndex = new int[wanted.size()];
        int[] opened = new int[wanted.size()];
        int[] revived = new int[wanted.size()];
        int openedCount = 0;
        int revivedCount = 0;
        int named = 0;
        for (int i = 0; i < slotOfIndex.length; i++) {
            Destination destination = wanted.get(i);
            Integer known = slots.get(destination);
            int slot = known == null ? take(destination) : known;
            if (known == null) {
                opened[openedCount++] = slot;
            } else if (leavingSince[slot] != NOT_LEAVING) {
                leavingSince[slot] = NOT_LEAVING;
                revived[revivedCount++] = slot;
                opened[openedCount++] = slot;
            }
            named += namedBy[slot] == number ? 0 : 1;
            namedBy[slot] = number;
            slotOfIndex[i] = slot;
        }
        int[] gone = leave(number);
        return new Change(
                new Snapshot(number, table, slotOfIndex, named(number), templates.clone(), limits, limiters),
                Arrays.copyOf(opened, openedCount),
                Arrays.copyOf(revived, revivedCount),
                gone,
                named - openedCount);
    }

    /**
     * A dispatcher has closed what it had for a slot's destination.
     *
     * @param slot  which.
     * @param since number of the snapshot that no longer named it. A late word about a destination that came back, and
     *              perhaps went again, is passed over.
     */
    void closed(int slot, int since) {
        if (leavingSince[slot] == since && --holders[slot] == 0) {
            slots.remove(destinations[slot]);
            destinations[slot] = null;
            templates[slot] = null;
            leavingSince[slot] = NOT_LEAVING;
            free[freeCount++] = slot;
        }
    }

    private int take(Destination destination) {
        int slot = freeCount > 0 ? free[--freeCount] : size++;
        if (slot == destinations.length) {
            grow();
        }
        slots.put(destination, slot);
        destinations[slot] = destination;
        templates[slot] =
                destination instanceof Destination.PathTemplate(String pattern) ? new PathExpansion(pattern) : null;
        namedBy[slot] = NOT_LEAVING;
        leavingSince[slot] = NOT_LEAVING;
        return slot;
    }

    private void grow() {
        int capacity = Math.max(16, destinations.length + destinations.length / 2);
        destinations = Arrays.copyOf(destinations, capacity);
        templates = Arrays.copyOf(templates, capacity);
        namedBy = Arrays.copyOf(namedBy, capacity);
        leavingSince = Arrays.copyOf(leavingSince, capacity);
        holders = Arrays.copyOf(holders, capacity);
        free = Arrays.copyOf(free, capacity);
    }

    /** Has every dispatcher let go of what the snapshot does not name. */
    private int[] leave(int number) {
        int[] gone = new int[size];
        int count = 0;
        for (int slot = 0; slot < size; slot++) {
            if (destinations[slot] != null && namedBy[slot] != number && leavingSince[slot] == NOT_LEAVING) {
                leavingSince[slot] = number;
                holders[slot] = dispatchers;
                gone[count++] = slot;
            }
        }
        return Arrays.copyOf(gone, count);
    }

    private Destination[] named(int number) {
        Destination[] named = destinations.clone();
        for (int slot = 0; slot < size; slot++) {
            if (namedBy[slot] != number) {
                named[slot] = null;
            }
        }
        return named;
    }
}
