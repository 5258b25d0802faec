package io.socketbox.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The metrics are those that the documentation names, and what is exposed is well formed. */
class MetricTest {
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-z_]+)(\\{((?:[a-z]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)+)\\})? ([0-9.E+-]+|\\+Inf)");

    @Test
    void theDocumentationHasTheTables() throws IOException {
        String page = Files.readString(Path.of("docs/metrics.md"));
        assertTrue(page.contains("\n\n" + Metric.table() + "\n"), () -> "should have\n" + Metric.table());
        assertTrue(page.contains("\n\n" + Metric.reasons() + "\n"), () -> "should have\n" + Metric.reasons());
    }

    @Test
    void everySampleBelongsToAMetricThatIsDeclaredOnceBeforeIt() {
        Set<String> declared = new HashSet<>();
        Set<String> samples = new HashSet<>();
        for (String line : exposition().split("\n")) {
            if (line.startsWith("# HELP ")) {
                assertTrue(declared.add(line.split(" ")[2]), line);
            } else if (!line.startsWith("# TYPE ")) {
                Matcher sample = SAMPLE.matcher(line);
                assertTrue(sample.matches(), line);
                String base = sample.group(1).replaceFirst("_(bucket|sum|count)$", "");
                assertTrue(declared.contains(sample.group(1)) || declared.contains(base), line);
                assertTrue(samples.add(line.substring(0, line.lastIndexOf(' '))), () -> "twice: " + line);
            }
        }
        for (Metric metric : Metric.values()) {
            assertTrue(declared.contains(metric.exposed()), metric.exposed());
        }
    }

    @Test
    void numbersAreThoseThatWereCounted() {
        Map<String, String> values = new TreeMap<>();
        exposition().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int blank = line.lastIndexOf(' ');
            values.put(line.substring(0, blank), line.substring(blank + 1));
        });
        assertEquals("5", values.get("socketbox_accepted_total"));
        assertEquals("2", values.get("socketbox_closed_total{reason=\"queue_full\"}"));
        assertEquals("3", values.get("socketbox_destination_handed_off_total{destination=\"unix:/a\\\"\\\\b\"}"));
        assertEquals("1", values.get("socketbox_destination_pending{destination=\"unix:/a\\\"\\\\b\"}"));
        assertEquals("0", values.get("socketbox_destination_up{destination=\"unix:/a\\\"\\\\b\"}"));
        assertEquals("100.0", values.get("socketbox_limit_rate{limit=\"web\",of=\"all\"}"));
        assertEquals("20", values.get("socketbox_limit_burst{limit=\"web\",of=\"all\"}"));
        assertEquals("0.5", values.get("socketbox_limit_rate{limit=\"web\",of=\"client\"}"));
        assertEquals("3", values.get("socketbox_limit_burst{limit=\"web\",of=\"client\"}"));
        assertEquals("7", values.get("socketbox_limit_delayed_total{limit=\"web\"}"));
        assertEquals("4", values.get("socketbox_limit_waiting{limit=\"web\"}"));
        assertEquals("5", values.get("socketbox_limit_closed_total{limit=\"web\",reason=\"rate_limit\"}"));
        assertEquals("6", values.get("socketbox_limit_closed_total{limit=\"web\",reason=\"client_rate_limit\"}"));
        assertEquals("7", values.get("socketbox_rule_connections_total{rule=\"/etc/x:12\"}"));
        assertEquals("4", values.get("socketbox_rule_handed_off_total{rule=\"/etc/x:12\"}"));
        assertEquals("1", values.get("socketbox_rule_pending{rule=\"/etc/x:12\"}"));
        assertEquals("1", values.get("socketbox_rule_closed_total{rule=\"/etc/x:12\",reason=\"absent_path\"}"));
        assertNull(values.get("socketbox_rule_closed_total{rule=\"/etc/x:12\",reason=\"no_route\"}"));
        assertEquals("2", values.get("socketbox_handoff_seconds_count"));
        assertEquals("1", values.get("socketbox_handoff_seconds_bucket{le=\"1.024E-6\"}"));
        assertEquals("2", values.get("socketbox_handoff_seconds_bucket{le=\"2.048E-6\"}"));
        assertEquals("2.049E-6", values.get("socketbox_handoff_seconds_sum"));
    }

    @Test
    void whatIsTooMuchIsLeftOutAndSaid() {
        Statistics statistics = new Statistics(true);
        for (int i = 0; i < 10_500; i++) {
            statistics.destination("unix:/" + i, () -> "ready");
        }
        statistics.follow(new RuleCounters(3_000, rule -> rule + 1, 1));
        for (int rule = 0; rule < 3_000; rule++) {
            for (int hits = rule % 3; hits > 0; hits--) {
                statistics.decided(rule, rule, true);
                statistics.ended(rule, Counter.HANDED_OFF);
            }
        }
        String text = MetricsText.of(facts(), Overview.of(List.of(statistics)));
        assertTrue(text.contains("\nsocketbox_destinations 10500\n"));
        assertTrue(text.contains("\nsocketbox_destinations_left_out 500\n"));
        assertEquals(10_000, count(text, "(?m)^socketbox_destination_up\\{"));
        assertTrue(text.contains("\nsocketbox_rules_left_out 1000\n"));
        assertEquals(1_000, count(text, "(?m)^socketbox_rule_connections_total\\{.* 2$"));
        assertEquals(1_000, count(text, "(?m)^socketbox_rule_handed_off_total\\{.* 2$"));
    }

    private static long count(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }

    private static ServerFacts facts() {
        return new ServerFacts(
                "1.0",
                1_000,
                5_000,
                1,
                new ServerFacts.Configuration("/etc/x", 2_000, 4_000, 3, 1),
                List.of(new ServerFacts.Listener("[::]:80", 3, 4096)),
                List.of(new ServerFacts.Limit(
                        "web",
                        false,
                        new ServerFacts.Rate(100, 20, true),
                        new ServerFacts.Clients(new ServerFacts.Rate(0.5, 3, false), 64, 32, 1_000),
                        4,
                        7,
                        5,
                        6)));
    }

    private static String exposition() {
        Statistics statistics = new Statistics(true);
        List<Counter> counted = new ArrayList<>(List.of(Counter.CLOSED_QUEUE_FULL, Counter.CLOSED_QUEUE_FULL));
        counted.addAll(
                List.of(Counter.ACCEPTED, Counter.ACCEPTED, Counter.ACCEPTED, Counter.ACCEPTED, Counter.ACCEPTED));
        counted.forEach(statistics.totals()::increment);
        DestinationStatistics destination = statistics.destination("unix:/a\"\\b", () -> "away");
        for (int i = 0; i < 3; i++) {
            destination.counters().increment(Counter.HANDED_OFF);
        }
        destination.counters().increment(Counter.CLOSED_QUEUE_FULL);
        destination.counters().pending(1);
        statistics.follow(new RuleCounters(2, rule -> 12, 1));
        for (int fd = 0; fd < 7; fd++) {
            statistics.decided(fd, fd % 2, true);
        }
        for (int fd = 0; fd < 4; fd++) {
            statistics.ended(fd, Counter.HANDED_OFF);
        }
        statistics.pending(4, 1);
        statistics.ended(5, Counter.CLOSED_ABSENT_PATH);
        statistics.decided(8, -1, true);
        statistics.ended(8, Counter.CLOSED_NO_ROUTE);
        statistics.handoffs().record(1_024);
        statistics.handoffs().record(1_025);
        return MetricsText.of(facts(), Overview.of(List.of(statistics)));
    }
}
