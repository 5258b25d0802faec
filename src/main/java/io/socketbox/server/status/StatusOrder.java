package io.socketbox.server.status;

import io.socketbox.observe.Overview;
import java.util.Comparator;
import java.util.List;

/** Which destinations are shown where not all can be: those with trouble first, then the busiest. */
final class StatusOrder {
    private static final Comparator<Overview.Destination> MOST_NOTEWORTHY = Comparator.comparing(
                    (Overview.Destination each) -> !each.receives() && each.pending() > 0)
            .thenComparingLong(Overview.Destination::pending)
            .thenComparingLong(Overview.Destination::handedOff)
            .reversed()
            .thenComparing(Overview.Destination::name);

    private StatusOrder() {}

    static List<Overview.Destination> first(List<Overview.Destination> destinations, int limit) {
        return destinations.stream().sorted(MOST_NOTEWORTHY).limit(limit).toList();
    }
}
