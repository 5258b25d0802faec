package io.socketbox.server.status;

import io.socketbox.observe.Overview;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many connections a second each destination was given since somebody asked last. Any thread. */
final class DestinationRates {
    private static final double NS_PER_SECOND = 1e9;
    private static final long TOO_OLD_NS = 60_000_000_000L;

    private Map<String, Long> last = Map.of();
    private long lastNs;

    /** By name; of those that were there the last time, which must not be longer ago than a minute. */
    synchronized Map<String, Double> since(List<Overview.Destination> destinations, long nowNs) {
        Map<String, Double> rates = new HashMap<>();
        Map<String, Long> now = new HashMap<>();
        double elapsed = (nowNs - lastNs) / NS_PER_SECOND;
        for (Overview.Destination each : destinations) {
            now.put(each.name(), each.handedOff());
            Long before = last.get(each.name());
            if (before != null && nowNs - lastNs <= TOO_OLD_NS && elapsed > 0) {
                rates.put(each.name(), Math.max(0, each.handedOff() - before) / elapsed);
            }
        }
        last = now;
        lastNs = nowNs;
        return rates;
    }
}
