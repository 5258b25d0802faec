package io.socketbox.server.status;

import io.socketbox.observe.Counter;
import io.socketbox.observe.LatencySnapshot;
import io.socketbox.observe.Overview;
import io.socketbox.observe.ServerFacts;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The status for people, in columns. */
final class StatusText {
    private static final int MAX_DESTINATIONS = 20;
    private static final int RATE_SECONDS = 10;
    private static final int LEAST_NAME_WIDTH = 24;

    private final StringBuilder out = new StringBuilder();

    private StatusText() {}

    static String of(
            ServerFacts facts,
            Overview overview,
            Recent recent,
            Recent.Sample now,
            List<Overview.Destination> destinations,
            Map<String, Double> destinationRates) {
        StatusText text = new StatusText();
        text.line("socketbox %s, up %s, %s", facts.version(), uptime(facts.uptimeMs()), dispatchers(facts.workers()));
        text.configuration(facts.configuration());
        text.connections(overview, recent.rates(now, RATE_SECONDS));
        text.line("");
        text.line("%-14s %12s %12s %12s %12s", "hand-off", "p50", "p99", "p99.9", "max");
        text.latency("last minute", recent.handoffs(now));
        text.latency("since start", now.handoffs());
        text.listeners(facts.listeners());
        text.limits(facts.limits());
        text.destinations(destinations, destinationRates);
        return text.out.toString();
    }

    private static String dispatchers(int count) {
        return count + (count == 1 ? " dispatcher" : " dispatchers");
    }

    static String uptime(long uptimeMs) {
        long seconds = uptimeMs / 1000;
        String clock =
                String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        long days = seconds / 86_400;
        return days == 0 ? clock : days + " d " + clock;
    }

    private void configuration(ServerFacts.Configuration rules) {
        line(
                "rules of %s, read %s ago, %d reloads%s",
                rules.name(),
                uptime(rules.ageMs()),
                rules.reloads(),
                rules.failures() == 0 ? "" : ", " + rules.failures() + " failed");
    }

    private void connections(Overview overview, Recent.Rates rates) {
        line("");
        line("%-14s %12s %12s", "connections", "total", "per second");
        rate("accepted", overview.count(Counter.ACCEPTED) + overview.count(Counter.RECEIVED), rates.accepted());
        rate("handed off", overview.count(Counter.HANDED_OFF), rates.handedOff());
        rate("closed", overview.closed(), rates.closed());
        for (Counter counter : Counter.values()) {
            if (counter.isClosed() && overview.count(counter) > 0) {
                line("  %12d  %s", overview.count(counter), counter.label().replace("closed, ", ""));
            }
        }
        line("%-14s %12d", "pending", overview.pending());
    }

    private void rate(String name, long total, double perSecond) {
        line("%-14s %12d %12.1f", name, total, perSecond);
    }

    private void latency(String name, LatencySnapshot snapshot) {
        Histogram histogram = snapshot.histogram();
        if (histogram.getTotalCount() == 0) {
            line("%-14s %12s", name, "none");
            return;
        }
        line(
                "%-14s %12s %12s %12s %12s",
                name,
                duration(histogram.getValueAtPercentile(50)),
                duration(histogram.getValueAtPercentile(99)),
                duration(histogram.getValueAtPercentile(99.9)),
                duration(histogram.getMaxValue()));
    }

    /** With three digits. */
    static String duration(long ns) {
        if (ns < 1_000) {
            return ns + " ns";
        }
        double value = ns / 1e3;
        String unit = "us";
        if (value >= 999.5) {
            value /= 1e3;
            unit = "ms";
        }
        if (value >= 999.5) {
            value /= 1e3;
            unit = "s";
        }
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f %s", value, unit);
    }

    private void listeners(List<ServerFacts.Listener> listeners) {
        if (listeners.isEmpty()) {
            return;
        }
        line("");
        line("%-27s %s", "listener", "backlog");
        listeners.forEach(each -> line("%-27s %d of %d", each.address(), each.backlog(), each.limit()));
    }

    private void limits(List<ServerFacts.Limit> limits) {
        if (limits.isEmpty()) {
            return;
        }
        line("");
        line("%-24s %8s %12s %18s", "limit", "waiting", "closed", "closed, of clients");
        limits.forEach(each ->
                line("%-24s %8d %12d %18d", each.name(), each.waiting(), each.pastRate(), each.pastClientRate()));
    }

    private void destinations(List<Overview.Destination> all, Map<String, Double> perSecond) {
        List<Overview.Destination> shown = StatusOrder.first(all, MAX_DESTINATIONS);
        int width = Math.max(
                LEAST_NAME_WIDTH,
                shown.stream().mapToInt(each -> each.name().length()).max().orElse(0));
        String row = "%-" + width + "s %-8s %8s %12s %10s %10s %12s";
        line("");
        line(row, "destination", "state", "pending", "handed off", "waited", "closed", "per second");
        for (Overview.Destination each : shown) {
            Double rate = perSecond.get(each.name());
            line(
                    row,
                    each.name(),
                    each.state(),
                    each.pending(),
                    each.handedOff(),
                    each.counts().get(Counter.WAITED),
                    each.closed(),
                    rate == null ? "" : String.format(Locale.ROOT, "%.1f", rate));
        }
        if (all.size() > shown.size()) {
            line("... and %d more", all.size() - shown.size());
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // The annotation would be one more library.
    private void line(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
