package io.socketbox.config;

import io.socketbox.route.Destination;
import io.socketbox.route.PathExpansion;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteModel.SetKind;
import io.socketbox.route.RouteTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Follows one connection through the compiled table, set by set, and checks every step against the rules as they are
 * written: an answer that the server would not give is worse than none.
 */
final class Explanation {
    private static final int MAX_MEMBERS = 10;

    private final RouteModel model;
    private final RouteTable table;
    private final SetNames sets;
    private final LimitReader limits;
    private final SourceText source;
    private final List<Destination> destinations;
    private final Endpoint local;
    private final Endpoint peer;
    private final StringBuilder out = new StringBuilder();

    Explanation(
            RouteModel model,
            RouteTable table,
            SetNames sets,
            LimitReader limits,
            SourceText source,
            List<Destination> destinations,
            Endpoint local,
            Endpoint peer) {
        this.model = model;
        this.table = table;
        this.sets = sets;
        this.limits = limits;
        this.source = source;
        this.destinations = destinations;
        this.local = local;
        this.peer = peer;
    }

    String text() {
        out.append("to ").append(local).append(" from ").append(peer).append('\n');
        int result = follow();
        int destination = RouteTable.destinationOf(
                table.match(local.hi(), local.lo(), local.port(), peer.hi(), peer.lo(), peer.port()));
        if (result != destination) {
            throw mismatch("a walk through the sets ends in " + result + ", the lookup in " + destination);
        }
        return out.toString();
    }

    private int follow() {
        int set = model.firstSet();
        if (set == RouteModel.NONE) {
            return end(RouteTable.FAIL_MISSING_SET, "closed: there is no rule-set:0, where matching starts");
        }
        Set<Integer> seen = new HashSet<>();
        for (int looked = 0; looked < RouteTable.MAX_SETS; looked++) {
            boolean again = !seen.add(set);
            int rule = table.decide(set, local.hi(), local.lo(), local.port(), peer.hi(), peer.lo(), peer.port());
            int expected = decideAsWritten(set);
            if (rule != expected) {
                throw mismatch(sets.describe(set) + " is decided by rule " + rule + ", as written by " + expected);
            }
            if (!again) {
                out.append(sets.describe(set)).append('\n');
            }
            if (rule == RouteTable.NO_RULE) {
                return end(RouteTable.FAIL_NO_MATCH, "closed: nothing matches, and the set has no default");
            }
            if (!again) {
                appendRule(rule);
            }
            int action = model.actionOf(rule);
            if (action == RouteTable.FAIL) {
                return end(action, "closed: the rule says so");
            }
            if (!RouteModel.isJump(action)) {
                appendLimits(model.limitOf(rule));
                return end(action, reached(destinations.get(action)));
            }
            set = RouteModel.targetOf(action);
            if (!model.isDefined(set)) {
                return end(RouteTable.FAIL_MISSING_SET, "closed: there is no " + sets.describe(set));
            }
        }
        String circle = seen.size() < RouteTable.MAX_SETS ? "this goes round in circles, and " : "";
        return end(
                RouteTable.FAIL_TOO_MANY_SETS,
                "closed: " + circle + "no more than " + RouteTable.MAX_SETS + " sets are looked at");
    }

    private void appendLimits(int ofRule) {
        for (int limit : new int[] {limits.all(), ofRule}) {
            if (limit != RouteModel.NONE) {
                LimitInfo info = limits.infos().get(limit);
                out.append(info.describe()).append(limit == limits.all() ? " (for all connections)\n" : "\n");
                appendLine(info.line);
            }
        }
    }

    private void appendRule(int rule) {
        appendLine(model.lineOf(rule));
    }

    private void appendLine(int line) {
        out.append("  ").append(source.fileName()).append(':').append(line).append(": ");
        out.append(source.display(line).strip()).append('\n');
    }

    private int end(int result, String text) {
        out.append("-> ").append(text).append('\n');
        return result;
    }

    /** The answer of a plain walk over the rules of a set. */
    private int decideAsWritten(int set) {
        int best = RouteTable.NO_RULE;
        for (int rule = 0; rule < model.ruleCount(); rule++) {
            if (model.setOf(rule) == set && !model.isDefault(rule) && matches(rule)) {
                if (model.kindOf(set) != SetKind.PREFIXES) {
                    return rule;
                }
                if (best == RouteTable.NO_RULE || bits(rule) > bits(best)) {
                    best = rule;
                }
            }
        }
        return best == RouteTable.NO_RULE ? model.defaultOf(set) : best;
    }

    private boolean matches(int rule) {
        return model.matches(rule, local.hi(), local.lo(), local.port(), peer.hi(), peer.lo(), peer.port());
    }

    private int bits(int rule) {
        return Long.bitCount(model.localMaskHi(rule)) + Long.bitCount(model.localMaskLo(rule));
    }

    private IllegalStateException mismatch(String detail) {
        return new IllegalStateException("internal error: for " + local + " from " + peer + ", " + detail
                + "; please report it with the configuration");
    }

    /** A destination for people, as this connection finds it. */
    private String reached(Destination destination) {
        if (destination instanceof Destination.PathTemplate(String pattern)) {
            String path = new PathExpansion(pattern).expand(local.hi(), local.lo(), local.port());
            return describe(new Destination.UnixSocket(path));
        }
        return describe(destination);
    }

    private static String describe(Destination.Member member) {
        return describe(member.socket()) + (member.weight() == 1 ? "" : " (weight " + member.weight() + ")");
    }

    /** A destination for people. */
    static String describe(Destination destination) {
        return switch (destination) {
            case Destination.UnixSocket unix -> "unix socket " + Quoting.display(unix.path());
            case Destination.AbstractSocket name -> "abstract socket " + Quoting.display(name.name());
            case Destination.InheritedDescriptor descriptor -> "descriptor " + descriptor.fd();
            case Destination.PathTemplate template -> "unix socket by pattern " + Quoting.display(template.pattern());
            case Destination.Group group ->
                "group " + Integer.toUnsignedString(group.number()) + " ("
                        + group.balance().word() + ")";
            case Destination.Pool pool ->
                "pool " + pool.name() + " (" + pool.balance().word() + "): "
                        + pool.members().stream()
                                .limit(MAX_MEMBERS)
                                .map(Explanation::describe)
                                .collect(Collectors.joining(", "))
                        + (pool.members().size() > MAX_MEMBERS
                                ? " and " + (pool.members().size() - MAX_MEMBERS) + " more"
                                : "");
        };
    }
}
