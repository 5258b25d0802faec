package io.socketbox.server.status;

import io.socketbox.observe.MetricsText;
import io.socketbox.observe.Overview;
import io.socketbox.observe.ServerFacts;
import io.socketbox.observe.Statistics;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Where status and metrics come from: the dispatchers' statistics, read when somebody asks. Any thread. */
public final class StatusSource {
    private static final long SAMPLE_MS = 1_000;

    private final List<Statistics> statistics;
    private final Supplier<ServerFacts> facts;
    private final Recent recent = new Recent();
    private final DestinationRates destinationRates = new DestinationRates();

    /**
     * Not sampling yet.
     *
     * @param statistics one for each dispatcher.
     * @param facts asked by any thread.
     */
    public StatusSource(List<Statistics> statistics, Supplier<ServerFacts> facts) {
        this.statistics = statistics;
        this.facts = facts;
    }

    /**
     * Begins to look once a second, on a thread of its own, and renders everything once: so that it needs no further
     * class or descriptor, which there may be none of later. Called once.
     */
    public void start() {
        json();
        metrics();
        text();
        Thread.ofPlatform().daemon().name("status").start(this::sample);
    }

    private void sample() {
        try {
            while (true) {
                recent.add(Recent.Sample.of(Overview.of(statistics), System.nanoTime()));
                TimeUnit.MILLISECONDS.sleep(SAMPLE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The metrics, as {@link MetricsText}. */
    public String metrics() {
        return MetricsText.of(facts.get(), Overview.of(statistics));
    }

    /** The status, as {@link StatusJson}. */
    public String json() {
        Overview overview = Overview.of(statistics);
        return StatusJson.of(facts.get(), overview, recent, Recent.Sample.of(overview, System.nanoTime()));
    }

    /** The status, as {@link StatusText}. */
    public String text() {
        Overview overview = Overview.of(statistics);
        Recent.Sample now = Recent.Sample.of(overview, System.nanoTime());
        List<Overview.Destination> destinations = overview.destinations();
        return StatusText.of(
                facts.get(), overview, recent, now, destinations, destinationRates.since(destinations, now.timeNs()));
    }
}
