package io.socketbox.dispatch;

import io.socketbox.handoff.Handoff;
import io.socketbox.handoff.Target;
import io.socketbox.route.Destination;
import io.socketbox.route.PathExpansion;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * What the small integer of a route lookup means to one dispatcher: index to {@link Target}, made at first use.
 *
 * <p>One thread.
 */
final class DestinationTable {
    private static final int TEMPLATE_TARGETS = 1024;

    private final List<Destination> destinations;
    private final Target[] targets;
    private final PathExpansion[] templates;
    private final TemplateCache cache;
    private final BalancedTargets balanced;

    /**
     * Targets for inherited descriptors are made here, the others at first use.
     *
     * @param destinations as the routes number them.
     * @param duplicate    gives this dispatcher its own copy of an inherited descriptor, or -1 when it is not open.
     * @param balanced     makes groups and pools.
     */
    DestinationTable(List<Destination> destinations, IntUnaryOperator duplicate, BalancedTargets balanced) {
        this.balanced = balanced;
        this.destinations = destinations;
        this.targets = new Target[destinations.size()];
        this.templates = new PathExpansion[destinations.size()];
        boolean anyTemplate = false;
        for (int i = 0; i < targets.length; i++) {
            Destination destination = destinations.get(i);
            if (destination instanceof Destination.InheritedDescriptor(int fd)) {
                targets[i] = Target.inherited(i, duplicate.applyAsInt(fd), "fd:" + fd);
            } else if (destination instanceof Destination.PathTemplate(String pattern)) {
                templates[i] = new PathExpansion(pattern);
                anyTemplate = true;
            }
        }
        this.cache = anyTemplate ? new TemplateCache(targets.length, TEMPLATE_TARGETS) : null;
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

    /**
     * The target of a route for one connection.
     *
     * @return null when too many paths made by templates have connections waiting.
     */
    Target target(int index, long localHi, long localLo, int localPort, Handoff handoff) {
        Target target = targets[index];
        if (target != null) {
            return target;
        }
        PathExpansion template = templates[index];
        if (template != null) {
            return cache.find(template, localHi, localLo, localPort, handoff);
        }
        return create(index);
    }

    /** The target that carries an id from epoll or from the conductor. */
    Target byId(int id) {
        if (BalancedTargets.isMember(id)) {
            return balanced.byId(id);
        }
        return id < targets.length ? targets[id] : cache.byId(id);
    }

    /** Opens sockets beforehand, in the order of the configuration, while there is room. */
    void preopen(Handoff handoff, long nowNs) {
        for (int i = 0; i < targets.length; i++) {
            if (templates[i] == null) {
                Target target = targets[i] != null ? targets[i] : create(i);
                if (!handoff.preopen(target, nowNs)) {
                    return;
                }
            }
        }
    }

    private Target create(int index) {
        Target target = switch (destinations.get(index)) {
            case Destination.UnixSocket(String path) -> Target.unixSocket(index, path);
            case Destination.AbstractSocket(String name) -> Target.abstractSocket(index, name);
            case Destination.Group group -> balanced.group(index, group);
            case Destination.Pool pool -> balanced.pool(index, pool);
            case Destination.InheritedDescriptor _, Destination.PathTemplate _ ->
                throw new IllegalStateException("destination " + index + " has no address of its own");
        };
        targets[index] = target;
        return target;
    }
}
