package io.socketbox.config;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * The language as its manual says it, rule by rule, with nothing clever: what compiled tables are compared with. Numbers
 * are big integers of 128 bits.
 */
final class PlainModel {
    static final String CLOSED = "closed";
    static final BigInteger ALL_ONES = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

    enum Kind {
        RULES,
        MAP,
        PREFIXES
    }

    /** Where a set is looked for. */
    record SetId(Kind kind, String name) {}

    /** Ports from first to last. */
    record Ports(int first, int last) {}

    /** Without conditions an address, a list of ports or an action is null. */
    record Masked(BigInteger value, BigInteger mask) {
        boolean matches(BigInteger address) {
            return address.and(mask).equals(value.and(mask));
        }
    }

    /** Either a destination, or a jump, or neither: fail. */
    record Action(String destination, SetId jump) {}

    record Rule(int line, Masked local, List<Ports> ports, Masked peer, List<Ports> peerPorts, Action action) {}

    /** A map's comparisons: a prefix length or null, and whether ports are compared. */
    record Comparisons(Integer local, Integer peer, boolean port, boolean peerPort) {}

    record RuleSet(Comparisons comparisons, List<Rule> rules, Action defaultAction) {}

    record Connection(BigInteger local, int port, BigInteger peer, int peerPort) {}

    private final Map<SetId, RuleSet> sets;

    PlainModel(Map<SetId, RuleSet> sets) {
        this.sets = sets;
    }

    /** A destination as written or {@link #CLOSED}. */
    String route(Connection connection) {
        SetId at = new SetId(Kind.RULES, "0");
        for (int looked = 0; looked < 100; looked++) {
            RuleSet set = sets.get(at);
            if (set == null) {
                return CLOSED;
            }
            Action action = decide(at.kind(), set, connection);
            if (action == null || (action.destination() == null && action.jump() == null)) {
                return CLOSED;
            }
            if (action.destination() != null) {
                return action.destination();
            }
            at = action.jump();
        }
        return CLOSED;
    }

    private static Action decide(Kind kind, RuleSet set, Connection connection) {
        Rule best = null;
        for (Rule rule : set.rules()) {
            boolean matches = switch (kind) {
                case RULES -> matchesRule(rule, connection);
                case MAP -> matchesEntry(rule, set.comparisons(), connection);
                case PREFIXES -> rule.local().matches(connection.local());
            };
            if (matches && best == null) {
                best = rule;
            } else if (matches && kind == Kind.PREFIXES && isLonger(rule, best)) {
                best = rule;
            }
        }
        return best == null ? set.defaultAction() : best.action();
    }

    private static boolean isLonger(Rule rule, Rule other) {
        return rule.local().mask().bitCount() > other.local().mask().bitCount();
    }

    private static boolean matchesRule(Rule rule, Connection connection) {
        return (rule.local() == null || rule.local().matches(connection.local()))
                && (rule.peer() == null || rule.peer().matches(connection.peer()))
                && hasPort(rule.ports(), connection.port())
                && hasPort(rule.peerPorts(), connection.peerPort());
    }

    private static boolean hasPort(List<Ports> ports, int port) {
        if (ports == null) {
            return true;
        }
        for (Ports range : ports) {
            if (port >= range.first() && port <= range.last()) {
                return true;
            }
        }
        return false;
    }

    private static boolean matchesEntry(Rule entry, Comparisons compare, Connection connection) {
        BigInteger local =
                entry.local() == null ? BigInteger.ZERO : entry.local().value();
        BigInteger peer = entry.peer() == null ? BigInteger.ZERO : entry.peer().value();
        int port = entry.ports() == null ? 0 : entry.ports().get(0).first();
        int peerPort = entry.peerPorts() == null ? 0 : entry.peerPorts().get(0).first();
        return (compare.local() == null || samePrefix(local, connection.local(), compare.local()))
                && (compare.peer() == null || samePrefix(peer, connection.peer(), compare.peer()))
                && (!compare.port() || port == connection.port())
                && (!compare.peerPort() || peerPort == connection.peerPort());
    }

    private static boolean samePrefix(BigInteger a, BigInteger b, int length) {
        return a.shiftRight(128 - length).equals(b.shiftRight(128 - length));
    }
}
