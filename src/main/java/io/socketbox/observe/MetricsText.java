package io.socketbox.observe;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The text format of Prometheus, version 0.0.4: <a
 * href="https://prometheus.io/docs/instrumenting/exposition_formats/">exposition formats</a>. One thread.
 */
public final class MetricsText {
    /** The type of content that this is. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final int MAX_DESTINATIONS = 10_000;
    private static final int MAX_RULES = 1_000;
    /** Buckets are powers of two nanoseconds, where those of {@link LatencyHistogram} end too. */
    private static final int FIRST_BUCKET_BITS = 10;

    private static final int LAST_BUCKET_BITS = 36;
    private static final double NS_PER_SECOND = 1e9;

    private final StringBuilder out = new StringBuilder();

    private MetricsText() {}

    /** All metrics. */
    public static String of(ServerFacts facts, Overview overview) {
        MetricsText text = new MetricsText();
        text.server(facts, overview);
        text.durations(overview);
        text.listeners(facts.listeners());
        text.destinations(overview.destinations());
        text.limits(facts.limits());
        text.rules(facts.configuration().name(), overview.rules(MAX_RULES));
        return text.out.toString();
    }

    private void server(ServerFacts facts, Overview overview) {
        head(Metric.BUILD_INFO);
        sample(Metric.BUILD_INFO, 1, "version", facts.version());
        head(Metric.START_TIME_SECONDS);
        sample(Metric.START_TIME_SECONDS.exposed(), facts.startedMs() / 1000.0);
        head(Metric.CONFIGURATION_LOADED_SECONDS);
        sample(
                Metric.CONFIGURATION_LOADED_SECONDS.exposed(),
                facts.configuration().loadedMs() / 1000.0);
        head(Metric.RELOADS_TOTAL);
        sample(Metric.RELOADS_TOTAL, facts.configuration().reloads(), "result", "ok");
        sample(Metric.RELOADS_TOTAL, facts.configuration().failures(), "result", "failed");
        for (Counter counter : Counter.values()) {
            if (!counter.isClosed()) {
                head(Metric.exposed(counter), "counter", counter.description());
                sample(Metric.exposed(counter), overview.count(counter));
            }
        }
        head(Metric.CLOSED_TOTAL);
        for (Counter counter : Counter.values()) {
            if (counter.isClosed()) {
                sample(Metric.CLOSED_TOTAL, overview.count(counter), "reason", counter.key());
            }
        }
        head(Metric.PENDING);
        sample(Metric.PENDING, overview.pending());
    }

    private void durations(Overview overview) {
        head(Metric.HANDOFF_SECONDS);
        histogram(Metric.HANDOFF_SECONDS, overview.handoffs());
        head(Metric.DISPATCHER_TURN_SECONDS);
        int dispatcher = 0;
        for (LatencySnapshot turns : overview.turns()) {
            histogram(Metric.DISPATCHER_TURN_SECONDS, turns, "dispatcher", Integer.toString(dispatcher++));
        }
    }

    private void histogram(Metric metric, LatencySnapshot snapshot, String... labels) {
        String name = metric.exposed();
        long count = snapshot.count();
        for (int bits = FIRST_BUCKET_BITS; bits <= LAST_BUCKET_BITS; bits++) {
            bucket(name, Double.toString((1L << bits) / NS_PER_SECOND), snapshot.countUpTo(1L << bits), labels);
        }
        bucket(name, "+Inf", count, labels);
        sample(name + "_sum", snapshot.sumNs() / NS_PER_SECOND, labels);
        sample(name + "_count", count, labels);
    }

    private void bucket(String name, String upTo, long count, String... labels) {
        String[] all = Arrays.copyOf(labels, labels.length + 2);
        all[labels.length] = "le";
        all[labels.length + 1] = upTo;
        sample(name + "_bucket", count, all);
    }

    private void listeners(List<ServerFacts.Listener> listeners) {
        head(Metric.LISTENER_BACKLOG);
        listeners.forEach(each -> sample(Metric.LISTENER_BACKLOG, each.backlog(), "listener", each.address()));
        head(Metric.LISTENER_BACKLOG_LIMIT);
        listeners.forEach(each -> sample(Metric.LISTENER_BACKLOG_LIMIT, each.limit(), "listener", each.address()));
    }

    private void destinations(List<Overview.Destination> all) {
        List<Overview.Destination> shown = all.stream()
                .sorted(Comparator.comparingLong(Overview.Destination::pending)
                        .thenComparingLong(Overview.Destination::handedOff)
                        .reversed()
                        .thenComparing(Overview.Destination::name))
                .limit(MAX_DESTINATIONS)
                .toList();
        head(Metric.DESTINATIONS);
        sample(Metric.DESTINATIONS, all.size());
        head(Metric.DESTINATIONS_LEFT_OUT);
        sample(Metric.DESTINATIONS_LEFT_OUT, all.size() - shown.size());
        perDestination(Metric.DESTINATION_UP, shown, each -> each.receives() ? 1 : 0);
        perDestination(Metric.DESTINATION_PENDING, shown, Overview.Destination::pending);
        perDestination(Metric.DESTINATION_HANDED_OFF_TOTAL, shown, Overview.Destination::handedOff);
        perDestination(
                Metric.DESTINATION_WAITED_TOTAL, shown, each -> each.counts().get(Counter.WAITED));
        head(Metric.DESTINATION_CLOSED_TOTAL);
        for (Overview.Destination each : shown) {
            each.counts().forEach((counter, count) -> {
                if (counter.isClosed() && count > 0) {
                    sample(Metric.DESTINATION_CLOSED_TOTAL, count, "destination", each.name(), "reason", counter.key());
                }
            });
        }
    }

    private void perDestination(
            Metric metric, List<Overview.Destination> shown, ToLongFunction<Overview.Destination> value) {
        head(metric);
        shown.forEach(each -> sample(metric, value.applyAsLong(each), "destination", each.name()));
    }

    private void limits(List<ServerFacts.Limit> limits) {
        head(Metric.LIMIT_RATE);
        perRate(
                limits,
                (limit, of, rate) -> sample(Metric.LIMIT_RATE.exposed(), rate.perSecond(), "limit", limit, "of", of));
        head(Metric.LIMIT_BURST);
        perRate(limits, (limit, of, rate) -> sample(Metric.LIMIT_BURST, rate.burst(), "limit", limit, "of", of));
        head(Metric.LIMIT_DELAYED_TOTAL);
        limits.forEach(each -> sample(Metric.LIMIT_DELAYED_TOTAL, each.delayed(), "limit", each.name()));
        head(Metric.LIMIT_WAITING);
        limits.forEach(each -> sample(Metric.LIMIT_WAITING, each.waiting(), "limit", each.name()));
        head(Metric.LIMIT_CLOSED_TOTAL);
        for (ServerFacts.Limit each : limits) {
            limitClosed(each, Counter.CLOSED_RATE_LIMIT, each.pastRate());
            limitClosed(each, Counter.CLOSED_CLIENT_RATE_LIMIT, each.pastClientRate());
        }
    }

    private interface RateSample {
        void write(String limit, String of, ServerFacts.Rate rate);
    }

    private static void perRate(List<ServerFacts.Limit> limits, RateSample sample) {
        for (ServerFacts.Limit each : limits) {
            if (each.total() != null) {
                sample.write(each.name(), "all", each.total());
            }
            if (each.clients() != null) {
                sample.write(each.name(), "client", each.clients().rate());
            }
        }
    }

    private void limitClosed(ServerFacts.Limit limit, Counter reason, long count) {
        sample(Metric.LIMIT_CLOSED_TOTAL, count, "limit", limit.name(), "reason", reason.key());
    }

    private void rules(String configuration, Overview.Rules rules) {
        List<RuleTotals> shown = rules.busiest().stream()
                .sorted(Comparator.comparingInt(RuleTotals::line))
                .toList();
        perRule(Metric.RULE_CONNECTIONS_TOTAL, configuration, shown, RuleTotals::connections);
        perRule(Metric.RULE_HANDED_OFF_TOTAL, configuration, shown, RuleTotals::handedOff);
        perRule(Metric.RULE_PENDING, configuration, shown, RuleTotals::pending);
        head(Metric.RULE_CLOSED_TOTAL);
        for (RuleTotals each : shown) {
            for (Counter reason : Counter.reasons()) {
                if (each.get(reason) > 0) {
                    sample(
                            Metric.RULE_CLOSED_TOTAL,
                            each.get(reason),
                            "rule",
                            configuration + ":" + each.line(),
                            "reason",
                            reason.key());
                }
            }
        }
        head(Metric.RULES_LEFT_OUT);
        sample(Metric.RULES_LEFT_OUT, rules.leftOut());
    }

    private void perRule(
            Metric metric, String configuration, List<RuleTotals> shown, ToLongFunction<RuleTotals> value) {
        head(metric);
        shown.forEach(each -> sample(metric, value.applyAsLong(each), "rule", configuration + ":" + each.line()));
    }

    private void head(Metric metric) {
        head(metric.exposed(), metric.type(), metric.description());
    }

    private void head(String name, String type, String description) {
        out.append("# HELP ").append(name).append(' ');
        out.append(description.replace("\\", "\\\\").replace("\n", "\\n"));
        out.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void sample(Metric metric, long value, String... labels) {
        sample(metric.exposed(), value, labels);
    }

    private void sample(String name, long value, String... labels) {
        labels(name, labels);
        out.append(value).append('\n');
    }

    private void sample(String name, double value, String... labels) {
        labels(name, labels);
        out.append(value).append('\n');
    }

    private void labels(String name, String... labels) {
        out.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            out.append(i == 0 ? '{' : ',').append(labels[i]).append('=');
            Quoting.prometheus(out, labels[i + 1]);
        }
        out.append(labels.length > 0 ? "} " : " ");
    }
}
