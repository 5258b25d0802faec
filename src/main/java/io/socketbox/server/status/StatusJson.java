package io.socketbox.server.status;

import io.socketbox.observe.Counter;
import io.socketbox.observe.JsonWriter;
import io.socketbox.observe.LatencySnapshot;
import io.socketbox.observe.Overview;
import io.socketbox.observe.RuleTotals;
import io.socketbox.observe.ServerFacts;
import java.util.List;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/** The status as a JSON object: names are stable, units are in the names. */
final class StatusJson {
    private static final int MAX_DESTINATIONS = 500;
    private static final int MAX_RULES = 500;
    private static final double NS_PER_SECOND = 1e9;

    private final JsonWriter out = new JsonWriter();

    private StatusJson() {}

    static String of(ServerFacts facts, Overview overview, Recent recent, Recent.Sample now) {
        StatusJson json = new StatusJson();
        json.out.object();
        json.facts(facts);
        json.out.key("connections");
        json.counts(overview::count);
        json.out.key("pending").value(overview.pending());
        json.rates(recent, now);
        json.out.key("handoff_seconds").object();
        json.latency("last_minute", recent.handoffs(now));
        json.latency("since_start", now.handoffs());
        json.out.endObject();
        json.destinations(overview.destinations());
        json.limits(facts.limits());
        json.rules(facts.configuration().name(), overview.rules(MAX_RULES));
        return json.out.endObject().toString();
    }

    private void facts(ServerFacts facts) {
        out.key("program").value("socketbox").key("version").value(facts.version());
        out.key("time_ns").value(System.nanoTime());
        out.key("started_ms").value(facts.startedMs()).key("uptime_seconds").value(facts.uptimeMs() / 1000.0);
        ServerFacts.Configuration configuration = facts.configuration();
        out.key("configuration")
                .value(configuration.name())
                .key("configuration_loaded_ms")
                .value(configuration.loadedMs());
        out.key("reloads").value(configuration.reloads()).key("reloads_failed").value(configuration.failures());
        out.key("dispatchers").value(facts.workers());
        out.key("listeners").list();
        for (ServerFacts.Listener each : facts.listeners()) {
            out.object().key("address").value(each.address());
            out.key("backlog")
                    .value(each.backlog())
                    .key("limit")
                    .value(each.limit())
                    .endObject();
        }
        out.endList();
    }

    private void counts(ToLongFunction<Counter> count) {
        out.object();
        for (Counter counter : Counter.values()) {
            if (!counter.isClosed()) {
                out.key(counter.key()).value(count.applyAsLong(counter));
            }
        }
        out.key("closed").object();
        for (Counter counter : Counter.values()) {
            if (counter.isClosed()) {
                out.key(counter.key()).value(count.applyAsLong(counter));
            }
        }
        out.endObject().endObject();
    }

    private void rates(Recent recent, Recent.Sample now) {
        out.key("per_second").object();
        for (int seconds : new int[] {1, 10, 60}) {
            Recent.Rates rates = recent.rates(now, seconds);
            out.key("last_" + seconds + "_s").object().key("accepted").value(rates.accepted());
            out.key("handed_off")
                    .value(rates.handedOff())
                    .key("closed")
                    .value(rates.closed())
                    .endObject();
        }
        out.endObject();
    }

    private void latency(String key, LatencySnapshot snapshot) {
        Histogram histogram = snapshot.histogram();
        out.key(key).object().key("count").value(histogram.getTotalCount());
        out.key("p50").value(histogram.getValueAtPercentile(50) / NS_PER_SECOND);
        out.key("p99").value(histogram.getValueAtPercentile(99) / NS_PER_SECOND);
        out.key("p99.9").value(histogram.getValueAtPercentile(99.9) / NS_PER_SECOND);
        out.key("max").value(histogram.getMaxValue() / NS_PER_SECOND).endObject();
    }

    private void destinations(List<Overview.Destination> all) {
        List<Overview.Destination> shown = StatusOrder.first(all, MAX_DESTINATIONS);
        out.key("destinations").list();
        for (Overview.Destination each : shown) {
            out.object().key("name").value(each.name()).key("state").value(each.state());
            out.key("pending").value(each.pending()).key("handed_off").value(each.handedOff());
            out.key("waited")
                    .value(each.counts().get(Counter.WAITED))
                    .key("closed")
                    .value(each.closed());
            reasons(each.counts()::get);
            out.endObject();
        }
        out.endList().key("destinations_left_out").value(all.size() - shown.size());
    }

    private void limits(List<ServerFacts.Limit> limits) {
        out.key("limits").list();
        for (ServerFacts.Limit each : limits) {
            out.object().key("name").value(each.name());
            out.key("for_all").value(each.isForAll());
            if (each.total() != null) {
                out.key("rate").object();
                rate(each.total());
                out.endObject();
            }
            if (each.clients() != null) {
                out.key("client_rate").object();
                rate(each.clients().rate());
                out.key("prefix6").value(each.clients().prefix6());
                out.key("prefix4").value(each.clients().prefix4());
                out.key("clients").value(each.clients().tracked()).endObject();
            }
            out.key("waiting").value(each.waiting()).key("delayed").value(each.delayed());
            out.key("closed_rate_limit").value(each.pastRate());
            out.key("closed_client_rate_limit").value(each.pastClientRate()).endObject();
        }
        out.endList();
    }

    private void rate(ServerFacts.Rate rate) {
        out.key("per_second").value(rate.perSecond()).key("burst").value(rate.burst());
        out.key("over").value(rate.waits() ? "wait" : "close");
    }

    private void rules(String configuration, Overview.Rules rules) {
        out.key("rules").list();
        for (RuleTotals each : rules.busiest()) {
            out.object().key("rule").value(configuration + ":" + each.line());
            out.key("connections").value(each.connections());
            out.key("handed_off").value(each.handedOff());
            out.key("pending").value(each.pending());
            out.key("closed").value(each.closed());
            reasons(each::get);
            out.endObject();
        }
        out.endList().key("rules_left_out").value(rules.leftOut());
    }

    /** Only those that occurred. */
    private void reasons(ToLongFunction<Counter> count) {
        out.key("closed_by_reason").object();
        for (Counter reason : Counter.reasons()) {
            if (count.applyAsLong(reason) > 0) {
                out.key(reason.key()).value(count.applyAsLong(reason));
            }
        }
        out.endObject();
    }
}
