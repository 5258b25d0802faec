package io.socketbox.dispatch;

import io.socketbox.handoff.Handoff;
import io.socketbox.handoff.Target;
import io.socketbox.linux.ByteStrings;
import io.socketbox.observe.Statistics;
import io.socketbox.route.Destination;
import io.socketbox.route.PathExpansion;
import java.util.Arrays;
import java.util.List;

/**
 * What the small integer of a route lookup means to one dispatcher: index to slot to {@link Target}, made at first use.
 *
 * <p>One thread.
 */
final class DestinationTable {
    private static final int TEMPLATE_TARGETS = 1024;
    /** Ids of targets below are their slots. */
    private static final int FIRST_TEMPLATE_ID = 1 << 30;

    private final Handoff handoff;
    private final BalancedTargets balanced;
    private final Statistics statistics;
    private final TemplateCache cache = new TemplateCache(FIRST_TEMPLATE_ID, TEMPLATE_TARGETS);
    private Snapshot snapshot;
    private int[] slots = new int[0];
    private Target[] targets = new Target[0];
    private PathExpansion[] templates = new PathExpansion[0];

    /** Empty, until the first {@link #follow}. */
    DestinationTable(Handoff handoff, BalancedTargets balanced, Statistics statistics) {
        this.handoff = handoff;
        this.balanced = balanced;
        this.statistics = statistics;
    }

    /** How many sockets there could be use for. */
    static int wantedSockets(List<Destination> destinations) {
        boolean anyTemplate = destinations.stream().anyMatch(Destination.PathTemplate.class::isInstance);
        int members = destinations.stream()
                .filter(Destination.Pool.class::isInstance)
                .mapToInt(pool -> ((Destination.Pool) pool).members().size())
                .sum();
        return destinations.size() + members + (anyTemplate ? TEMPLATE_TARGETS : 0);
    }

    /** Means what a change's snapshot says from now on. What is gone, or new, is looked at by {@link Transition}. */
    void follow(Change change) {
        snapshot = change.snapshot();
        slots = snapshot.slots();
        templates = snapshot.templates();
        if (targets.length < templates.length) {
            targets = Arrays.copyOf(targets, templates.length);
        }
        for (int slot : change.revived()) {
            if (templates[slot] != null) {
                cache.keep(templates[slot]);
            } else if (targets[slot] != null) {
                targets[slot].keep();
            }
        }
    }

    /** Gives the target of an inherited descriptor to its slot, where none has survived. Takes over its descriptor. */
    void inherit(Target target) {
        if (targets[target.id()] == null) {
            targets[target.id()] = target;
        } else {
            handoff.discard(target);
        }
    }

    /**
     * The target of a route for one connection.
     *
     * @return null when too many paths made by templates have connections waiting.
     */
    Target target(int index, long localHi, long localLo, int localPort) {
        int slot = slots[index];
        Target target = targets[slot];
        if (target != null) {
            return target;
        }
        PathExpansion template = templates[slot];
        if (template != null) {
            return cache.find(template, localHi, localLo, localPort, handoff);
        }
        return create(slot);
    }

    /** The target that carries an id from epoll or from the conductor; null when it is gone. */
    Target byId(int id) {
        if (BalancedTargets.isMember(id)) {
            return balanced.byId(id);
        }
        return id >= FIRST_TEMPLATE_ID ? cache.byId(id) : targets[id];
    }

    /**
     * Opens a destination's socket before the first connection needs it.
     *
     * @return false when there is no room for more open sockets.
     */
    boolean preopen(int slot, long nowNs) {
        if (snapshot.destinations()[slot] == null || templates[slot] != null) {
            return true;
        }
        return handoff.preopen(targets[slot] != null ? targets[slot] : create(slot), nowNs);
    }

    /** Whether the snapshot that is followed now names a slot's destination. */
    boolean isNamed(int slot) {
        return snapshot.destinations()[slot] != null;
    }

    /**
     * Closes what there is for a slot that is not named any more, at once or when nothing waits for it.
     *
     * @param template the slot's, or null.
     * @param ticket   {@link Target#ticket} of what cannot be closed at once.
     * @return whether all is closed; else {@link #left} follows.
     */
    boolean retire(int slot, PathExpansion template, long ticket) {
        if (template != null) {
            statistics.forgetTemplate("unix:" + ByteStrings.display(template.toString()));
            return cache.retire(template, ticket, handoff);
        }
        Target target = targets[slot];
        if (target == null) {
            return true;
        }
        boolean closed = handoff.retire(target, ticket);
        if (closed) {
            forget(target);
        }
        return closed;
    }

    /**
     * A target has been closed that could not be at once.
     *
     * @return whether all is closed that had its ticket.
     */
    boolean left(Target target) {
        if (target.id() >= FIRST_TEMPLATE_ID) {
            return !cache.isLeaving(target.ticket());
        }
        forget(target);
        return true;
    }

    private void forget(Target target) {
        targets[target.id()] = null;
        if (target.isBalanced()) {
            balanced.closed(target);
        }
    }

    private Target create(int slot) {
        Target target = target(slot, snapshot.destinations()[slot]);
        targets[slot] = target;
        return target;
    }

    /** Not a switch over patterns: the first use of one costs milliseconds of every start. */
    private Target target(int slot, Destination destination) {
        if (destination instanceof Destination.UnixSocket(String path)) {
            return Target.unixSocket(slot, path);
        }
        if (destination instanceof Destination.AbstractSocket(String name)) {
            return Target.abstractSocket(slot, name);
        }
        if (destination instanceof Destination.Group group) {
            return balanced.group(slot, group);
        }
        if (destination instanceof Destination.Pool pool) {
            return balanced.pool(slot, pool);
        }
        throw new IllegalStateException("slot " + slot + " has no address of its own");
    }
}
