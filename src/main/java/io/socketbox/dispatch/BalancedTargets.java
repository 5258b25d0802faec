package io.socketbox.dispatch;

import io.socketbox.handoff.Balance;
import io.socketbox.handoff.Handoff;
import io.socketbox.handoff.Target;
import io.socketbox.linux.ByteStrings;
import io.socketbox.route.Destination;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * The groups and pools of one dispatcher, and their members. Receivers of a group are known also while no route leads to
 * the group. One thread.
 */
final class BalancedTargets {
    /** Ids of members are from here up; those of other targets are below, or far above. */
    static final int FIRST_ID = 1 << 28;

    static final int END_ID = 1 << 29;

    /** A receiver that has registered, by the number that the registrar gave it. */
    private record Receiver(int number, int group, int seat, Target target) {
        String identity() {
            return "group " + Integer.toUnsignedString(group) + " seat " + seat;
        }
    }

    private final Handoff handoff;
    private final IntConsumer lost;
    private final Int2ObjectHashMap<Target> byId = new Int2ObjectHashMap<>();
    private final Map<Integer, Receiver> receivers = new HashMap<>();
    private final Map<Integer, Target> groups = new HashMap<>();
    /** Receivers that leave once nothing waits for their group. */
    private final List<Receiver> leaving = new ArrayList<>();

    private int nextId = FIRST_ID;

    /**
     * Empty.
     *
     * @param handoff of the dispatcher.
     * @param lost    told the number of each receiver that turns out to be gone.
     */
    BalancedTargets(Handoff handoff, IntConsumer lost) {
        this.handoff = handoff;
        this.lost = lost;
    }

    static boolean isMember(int id) {
        return id >= FIRST_ID && id < END_ID;
    }

    /** The member that carries an id from epoll or from the conductor; null when it is gone. */
    Target byId(int id) {
        return byId.get(id);
    }

    /** A pool with its members, none of them connected yet. */
    Target pool(int id, Destination.Pool pool) {
        Target target = Target.balanced(id, "pool:" + ByteStrings.display(pool.name()), policy(pool.balance()));
        for (Destination.Member member : pool.members()) {
            switch (member.socket()) {
                case Destination.UnixSocket(String path) ->
                    add(target, Target.unixSocket(takeId(), path), member.weight(), path);
                case Destination.AbstractSocket(String name) ->
                    add(target, Target.abstractSocket(takeId(), name), member.weight(), '\0' + name);
                default -> throw new IllegalStateException(member + " cannot be a member");
            }
        }
        return target;
    }

    /** A group with those that have registered for it. What waits at another target for that group moves over. */
    Target group(int id, Destination.Group group) {
        Target target =
                Target.balanced(id, "group:" + Integer.toUnsignedString(group.number()), policy(group.balance()));
        Target before = groups.put(group.number(), target);
        for (Receiver receiver : receivers.values()) {
            if (receiver.group() == group.number()) {
                target.addMember(receiver.target(), 1, receiver.identity());
            }
        }
        if (before != null) {
            handoff.move(before, target, System.nanoTime());
        }
        return target;
    }

    /** A pool or group has been closed; a group's receivers stay. */
    void closed(Target target) {
        for (int i = 0; i < target.memberCount(); i++) {
            if (!target.member(i).isRegistered()) {
                byId.remove(target.member(i).id());
            }
        }
        groups.values().remove(target);
    }

    /**
     * A receiver has registered.
     *
     * @param number that the registrar knows it by.
     * @param fd     its connection; owned here from now on.
     */
    void join(int number, int group, int seat, int fd, long nowNs) {
        Target target = Target.registered(
                takeId(), fd, "group:" + Integer.toUnsignedString(group) + ": receiver", () -> gone(number));
        byId.put(target.id(), target);
        Receiver receiver = new Receiver(number, group, seat, target);
        receivers.put(number, receiver);
        Target owner = groups.get(group);
        if (owner != null) {
            owner.addMember(target, 1, receiver.identity());
            handoff.joined(target, nowNs);
        }
    }

    /** A receiver is gone: closes its connection, if that was not done before. */
    void leave(int number, long nowNs) {
        Receiver receiver = receivers.remove(number);
        if (receiver != null) {
            byId.remove(receiver.target().id());
            handoff.leave(receiver.target(), nowNs);
        }
    }

    /** A receiver may not stay. It is still given what waits for its group, if it is the last one there. */
    void expel(int number, long nowNs) {
        Receiver receiver = receivers.get(number);
        if (receiver != null) {
            leaving.add(receiver);
            letGo(nowNs);
        }
    }

    /** Closes those that may not stay and are not needed any more; cheap when there are none. */
    void letGo(long nowNs) {
        if (!leaving.isEmpty()) {
            leaving.removeIf(receiver -> {
                Target group = groups.get(receiver.group());
                boolean go = group == null || group.isIdle() || hasOthers(receiver);
                if (go) {
                    leave(receiver.number(), nowNs);
                }
                return go;
            });
        }
    }

    private boolean hasOthers(Receiver one) {
        return receivers.values().stream().anyMatch(each -> each.group() == one.group() && !leaving.contains(each));
    }

    /** Closes the connections of all receivers; nothing may wait any more. */
    void close(long nowNs) {
        List.copyOf(receivers.keySet()).forEach(number -> leave(number, nowNs));
    }

    /** The hand-off has closed it. */
    private void gone(int number) {
        byId.remove(receivers.remove(number).target().id());
        lost.accept(number);
    }

    private void add(Target target, Target member, int weight, String identity) {
        byId.put(member.id(), member);
        target.addMember(member, weight, identity);
    }

    private int takeId() {
        do {
            nextId = nextId + 1 < END_ID ? nextId + 1 : FIRST_ID;
        } while (byId.containsKey(nextId));
        return nextId;
    }

    private static Balance policy(Destination.Balance balance) {
        return switch (balance) {
            case ROUND_ROBIN -> Balance.ROUND_ROBIN;
            case LEAST_PENDING -> Balance.LEAST_PENDING;
            case SOURCE -> Balance.SOURCE;
        };
    }
}
