package io.socketbox.route;

import java.util.List;

/**
 * A compiled configuration: what the server publishes to its dispatchers.
 *
 * @param table decides; safe for many threads.
 * @param destinations what the table's results stand for: the result of {@link RouteTable#lookup} is an index here.
 * @param ruleSets number of {@code rule-set}s.
 * @param mapSets number of {@code map-set}s.
 * @param prefixSets number of {@code prefix-set}s.
 * @param rules number of rules, map and prefix entries, defaults not counted.
 * @param registers where receivers register.
 * @param limits what {@link RouteTable#limitOf} is an index of.
 * @param limitOfAll the index of the limit that holds for every connection, or -1.
 */
public record Routes(
        RouteTable table,
        List<Destination> destinations,
        int ruleSets,
        int mapSets,
        int prefixSets,
        int rules,
        List<RegisterSocket> registers,
        List<RateLimit> limits,
        int limitOfAll) {

    /** Copies the lists. */
    public Routes {
        destinations = List.copyOf(destinations);
        registers = List.copyOf(registers);
        limits = List.copyOf(limits);
    }

    /** How many rules and destinations there are, for people. */
    public String summary() {
        return count(rules, "rule") + ", " + count(destinations.size(), "destination");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** Everything goes to one destination, without rules ({@code -S}, {@code -i}). */
    public static Routes single(Destination destination) {
        return new Routes(
                RouteTable.always(0), List.of(destination), 0, 0, 0, 0, List.of(), List.of(), RouteTable.NO_RULE);
    }
}
