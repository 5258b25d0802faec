package io.socketbox.observe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The statistics of all dispatchers together, as they were at a moment. Plain values, for any one thread. */
public final class Overview {
    private static final String FINE = "ready";
    private static final String AWAY = "away";
    private static final String GONE = "gone";

    private final List<Statistics> dispatchers;
    private final Map<Counter, Long> totals;

    private Overview(List<Statistics> dispatchers) {
        this.dispatchers = dispatchers;
        this.totals = read(dispatchers.stream().map(Statistics::totals).toList());
    }

    /**
     * One destination.
     *
     * @param name for people.
     * @param state in a word; where dispatchers disagree, one that is not well.
     * @param pending connections that wait for it.
     * @param counts what happened to its connections.
     */
    public record Destination(String name, String state, long pending, Map<Counter, Long> counts) {
        /** Whether somebody receives there, as far as is known. */
        public boolean receives() {
            return !state.equals(AWAY) && !state.equals(GONE);
        }

        /** Connections that it was given. */
        public long handedOff() {
            return counts.get(Counter.HANDED_OFF);
        }

        /** Connections that were closed instead. */
        public long closed() {
            return Overview.closed(counts);
        }
    }

    /** Reads the totals; the rest is read when it is asked for. */
    public static Overview of(List<Statistics> dispatchers) {
        return new Overview(dispatchers);
    }

    private static Map<Counter, Long> read(Collection<Counters> all) {
        Map<Counter, Long> sums = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            sums.put(counter, all.stream().mapToLong(each -> each.get(counter)).sum());
        }
        return sums;
    }

    /** A total. */
    public long count(Counter counter) {
        return totals.get(counter);
    }

    /** Connections closed, for whatever reason. */
    public long closed() {
        return closed(totals);
    }

    private static long closed(Map<Counter, Long> counts) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().isClosed())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Connections that wait. */
    public long pending() {
        return dispatchers.stream().mapToLong(each -> each.totals().pending()).sum();
    }

    /** How long hand-offs took. */
    public LatencySnapshot handoffs() {
        return LatencySnapshot.of(dispatchers.stream().map(Statistics::handoffs).toList());
    }

    /** How long the turns of each dispatcher's loop took. */
    public List<LatencySnapshot> turns() {
        return dispatchers.stream()
                .map(each -> LatencySnapshot.of(List.of(each.turns())))
                .toList();
    }

    /** Every destination that there is, in no order. */
    public List<Destination> destinations() {
        Map<String, List<DestinationStatistics>> byName = new LinkedHashMap<>();
        for (Statistics dispatcher : dispatchers) {
            for (DestinationStatistics each : dispatcher.destinations()) {
                byName.computeIfAbsent(each.name(), name -> new ArrayList<>(dispatchers.size()))
                        .add(each);
            }
        }
        List<Destination> destinations = new ArrayList<>(byName.size());
        byName.forEach((name, parts) -> destinations.add(new Destination(
                name,
                parts.stream()
                        .map(DestinationStatistics::state)
                        .reduce((a, b) -> a.equals(FINE) ? b : a)
                        .orElse(FINE),
                parts.stream().mapToLong(DestinationStatistics::pending).sum(),
                read(parts.stream().map(DestinationStatistics::counters).toList()))));
        return destinations;
    }

    /**
     * The rules that decided about most connections.
     *
     * @param busiest by line of the configuration, the busiest first.
     * @param leftOut lines whose rules decided about connections too.
     */
    public record Rules(List<RuleTotals> busiest, int leftOut) {}

    /** The rules on the {@code most} lines that decided about most connections, of those that decided about any. */
    public Rules rules(int most) {
        List<RuleCounters> counters =
                dispatchers.stream().map(Statistics::rules).toList();
        Map<Integer, Long> connections = new TreeMap<>();
        counters.forEach(each -> each.addTo(connections));
        // What became of them is summed up of these lines only: there may be a million.
        Map<Integer, RuleTotals> byLine = new LinkedHashMap<>();
        connections.entrySet().stream()
                .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
                .limit(most)
                .forEach(each -> byLine.put(each.getKey(), new RuleTotals(each.getKey(), each.getValue())));
        counters.forEach(each -> each.addOutcomesTo(byLine));
        return new Rules(List.copyOf(byLine.values()), connections.size() - byLine.size());
    }
}
