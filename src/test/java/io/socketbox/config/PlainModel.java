package io.socketbox.config;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The language as its manual says it, rule by rule, with nothing clever: what compiled tables are compared with.
 */
final class PlainModel {
    static final String CLOSED = "closed";
    private static final Address ZERO = new Address(0, 0);
    static final BigInteger ALL_ONES = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

    private static final List<Address> PREFIX_MASKS = IntStream.rangeClosed(0, 128)
            .mapToObj(length -> Address.of(prefixMask(length)))
            .toList();

    enum Kind {
        RULES,
        MAP,
        PREFIXES
    }

    /** Where a set is looked for. */
    record SetId(Kind kind, String name) {}

    /** Ports from first to last. */
    record Ports(int first, int last) {}

    /** An address of 128 bits. */
    record Address(long hi, long lo) {
        static Address of(BigInteger number) {
            return new Address(number.shiftRight(64).longValue(), number.longValue());
        }

        /** The bits that two addresses both have. */
        Address and(Address other) {
            return new Address(hi & other.hi, lo & other.lo);
        }
    }

    /** A rule without such a condition has null. */
    record Masked(Address value, Address mask) {
        boolean matches(Address address) {
            return address.and(mask).equals(value.and(mask));
        }
    }

    /** Either a destination, with a limit or null, or a jump, or neither: fail. */
    record Action(String destination, SetId jump, String limit) {}

    record Rule(int line, Masked local, List<Ports> ports, Masked peer, List<Ports> peerPorts, Action action) {}

    /** A map's comparisons: a prefix length or null, and whether ports are compared. */
    record Comparisons(Integer local, Integer peer, boolean port, boolean peerPort) {}

    record RuleSet(Comparisons comparisons, List<Rule> rules, Action defaultAction) {}

    record Connection(Address local, int port, Address peer, int peerPort) {}

    private final Map<SetId, RuleSet> sets;

    PlainModel(Map<SetId, RuleSet> sets) {
        this.sets = sets;
    }

    static BigInteger prefixMask(int length) {
        return ALL_ONES.shiftRight(128 - length).shiftLeft(128 - length);
    }

    /**
     * A destination as written, with its limit if any, or {@link #CLOSED}; adds the lines of the entries that were
     * followed.
     */
    String route(Connection connection, Set<Integer> lines) {
        SetId at = new SetId(Kind.RULES, "0");
        for (int looked = 0; looked < 100; looked++) {
            RuleSet set = sets.get(at);
            if (set == null) {
                return CLOSED;
            }
            Rule rule = decide(at.kind(), set, connection);
            if (rule != null) {
                lines.add(rule.line());
            }
            Action action = rule == null ? set.defaultAction() : rule.action();
            if (action == null || (action.destination() == null && action.jump() == null)) {
                return CLOSED;
            }
            if (action.destination() != null) {
                return action.limit() == null ? action.destination() : action.destination() + " " + action.limit();
            }
            at = action.jump();
        }
        return CLOSED;
    }

    private static Rule decide(Kind kind, RuleSet set, Connection connection) {
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
        return best;
    }

    private static boolean isLonger(Rule rule, Rule other) {
        return bits(rule) > bits(other);
    }

    private static int bits(Rule rule) {
        return Long.bitCount(rule.local().mask().hi())
                + Long.bitCount(rule.local().mask().lo());
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
        Address local = entry.local() == null ? ZERO : entry.local().value();
        Address peer = entry.peer() == null ? ZERO : entry.peer().value();
        int port = entry.ports() == null ? 0 : entry.ports().get(0).first();
        int peerPort = entry.peerPorts() == null ? 0 : entry.peerPorts().get(0).first();
        return (compare.local() == null || samePrefix(local, connection.local(), compare.local()))
                && (compare.peer() == null || samePrefix(peer, connection.peer(), compare.peer()))
                && (!compare.port() || port == connection.port())
                && (!compare.peerPort() || peerPort == connection.peerPort());
    }

    private static boolean samePrefix(Address a, Address b, int length) {
        Address mask = PREFIX_MASKS.get(length);
        return a.and(mask).equals(b.and(mask));
    }
}
