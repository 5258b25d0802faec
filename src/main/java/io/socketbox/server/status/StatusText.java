package io.socketbox.server.status;

import io.socketbox.observe.Counter;
import io.socketbox.observe.LatencySnapshot;
import io.socketbox.observe.Overview;
import io.socketbox.observe.ServerFacts;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The status for people, in columns. */
final class StatusText {
    private static final int MAX_DESTINATIONS = 20;
    private static final int RATE_SECONDS = 10;
    private static final int LEAST_NAME_WIDTH = 24;
    private static final String LIMIT_ROW = "%-20s %-22s %8s %8s  %-7s %8s %10s %10s";

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
        text.limits(facts.limits(), overview.count(Counter.RATE_PAUSES));
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

    private void limits(List<ServerFacts.Limit> limits, long pauses) {
        if (limits.isEmpty()) {
            return;
        }
        line("");
        line(LIMIT_ROW, "limit", "of", "rate", "burst", "past it", "waiting", "delayed", "closed");
        for (ServerFacts.Limit each : limits) {
            if (each.total() != null) {
                String of = each.isForAll() ? "all connections" : "its rules";
                limit(each, of, each.total(), each.pastRate());
            }
            if (each.clients() != null) {
                String of = "a client, /" + each.clients().prefix6() + " or /"
                        + each.clients().prefix4();
                limit(each, of, each.clients().rate(), each.pastClientRate());
            }
        }
        if (pauses > 0) {
            line("accepting paused %d times for the limit of all connections", pauses);
        }
    }

    private void limit(ServerFacts.Limit limit, String of, ServerFacts.Rate rate, long closed) {
        // Which of its two rates a connection waits for is not known: they are shown where they can be.
        boolean waits = rate.waits();
        line(
                LIMIT_ROW,
                limit.name(),
                of,
                rate(rate.perSecond()),
                rate.burst(),
                waits ? "wait" : "close",
                waits ? limit.waiting() : "",
                waits ? limit.delayed() : "",
                closed);
    }

    /** In the unit in which it is 1 or more. */
    static String rate(double perSecond) {
        double value = perSecond;
        String unit = "/s";
        if (value < 0.9995) {
            value *= 60;
            unit = "/m";
        }
        if (value < 0.9995) {
            value *= 60;
            unit = "/h";
        }
        return new BigDecimal(value)
                        .round(new MathContext(Math.max(3, (int) Math.log10(value) + 1)))
                        .stripTrailingZeros()
                        .toPlainString()
                + unit;
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
