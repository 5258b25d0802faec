package io.socketbox.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every metric, with its documentation. Those of {@link Counter} come from there. */
public enum Metric {
    BUILD_INFO("gauge", "Always 1; says which version runs.", "version"),
    START_TIME_SECONDS("gauge", "When this process began to serve, in seconds since 1970."),
    CONFIGURATION_LOADED_SECONDS("gauge", "When the rules that are followed were read, in seconds since 1970."),
    RELOADS_TOTAL(
            "counter",
            "How often the configuration was read anew, by result: ok, or failed when the rules of before are still followed.",
            "result"),
    PENDING("gauge", "Connections that wait for their destination or for a limit."),
    CLOSED_TOTAL("counter", "Connections that were closed, by reason.", "reason"),
    HANDOFF_SECONDS(
            "histogram",
            "How long hand-offs took: from when a dispatcher turned to a connection, or had to let it wait, until sendmsg(2)"
                    + " had sent it on.",
            "le"),
    DISPATCHER_TURN_SECONDS(
            "histogram",
            "How long the turns of a dispatcher's loop took, without the waiting in epoll_wait(2).",
            "dispatcher",
            "le"),
    LISTENER_BACKLOG("gauge", "Connections in the kernel's backlog, not accepted yet.", "listener"),
    LISTENER_BACKLOG_LIMIT("gauge", "How many the backlog holds.", "listener"),
    DESTINATION_UP("gauge", "0 while nobody receives at the destination, else 1.", "destination"),
    DESTINATION_PENDING("gauge", "Connections that wait for the destination.", "destination"),
    DESTINATION_HANDED_OFF_TOTAL("counter", "Connections handed to the destination.", "destination"),
    DESTINATION_WAITED_TOTAL("counter", "Connections that had to wait for the destination.", "destination"),
    DESTINATION_CLOSED_TOTAL(
            "counter",
            "Connections for the destination that were closed, by reason; only reasons that occurred.",
            "destination",
            "reason"),
    DESTINATIONS("gauge", "Destinations that the dispatchers know."),
    DESTINATIONS_LEFT_OUT(
            "gauge",
            "Destinations without metrics of their own: only the 10,000 with most connections waiting, then handed over,"
                    + " have them."),
    LIMIT_RATE(
            "gauge",
            "Connections a second that the limit lets pass: of all that it is for (of=\"all\"), and of each client"
                    + " (of=\"client\").",
            "limit",
            "of"),
    LIMIT_BURST("gauge", "Connections that the limit lets pass at once, after a while without any.", "limit", "of"),
    LIMIT_DELAYED_TOTAL("counter", "Connections that waited for the next token of the limit.", "limit"),
    LIMIT_WAITING("gauge", "Connections that wait for the limit.", "limit"),
    LIMIT_CLOSED_TOTAL("counter", "Connections that the limit closed, by reason.", "limit", "reason"),
    RULE_CONNECTIONS_TOTAL(
            "counter",
            "Connections that the rules on a line of the configuration decided about; from 0 with each new configuration.",
            "rule"),
    RULE_HANDED_OFF_TOTAL(
            "counter",
            "Of the connections that the rules on a line decided about, those that were handed to a destination.",
            "rule"),
    RULE_PENDING("gauge", "Of these, those that wait for their destination or for a limit.", "rule"),
    RULE_CLOSED_TOTAL(
            "counter", "Of these, those that were closed, by reason; only reasons that occurred.", "rule", "reason"),
    RULES_LEFT_OUT(
            "gauge", "Lines whose rules decided about connections, but about fewer than those of the 1,000 shown.");

    private static final String PREFIX = "socketbox_";

    private final String type;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
    private final List<String> labels;

    Metric(String type, String description, String... labels) {
        this.type = type;
        this.description = description;
        this.labels = List.of(labels);
    }

    /** The name in the exposition. */
    public String exposed() {
        return PREFIX + name().toLowerCase(Locale.ROOT);
    }

    /** {@code counter}, {@code gauge} or {@code histogram}. */
    public String type() {
        return type;
    }

    /** What it says, in a sentence. */
    public String description() {
        return description;
    }

    /** The labels that its samples have. */
    public List<String> labels() {
        return labels;
    }

    /** The name of a counter that is a metric of its own. */
    public static String exposed(Counter counter) {
        return PREFIX + counter.key() + "_total";
    }

    /** All metrics as a table of Markdown, for the documentation. */
    public static String table() {
        List<String> rows = new ArrayList<>(List.of("| metric | type | labels | meaning |", "|---|---|---|---|"));
        for (Counter counter : Counter.values()) {
            if (!counter.isClosed()) {
                rows.add(row(exposed(counter), "counter", List.of(), counter.description()));
            }
        }
        for (Metric metric : values()) {
            rows.add(row(metric.exposed(), metric.type, metric.labels, metric.description));
        }
        return String.join("\n", rows) + "\n";
    }

    /** The reasons of connections that were closed as a table of Markdown. */
    public static String reasons() {
        StringBuilder table = new StringBuilder("| reason | meaning |\n|---|---|\n");
        for (Counter counter : Counter.values()) {
            if (counter.isClosed()) {
                table.append("| `" + counter.key() + "` | " + counter.description() + " |\n");
            }
        }
        return table.toString();
    }

    private static String row(String name, String type, List<String> labels, String description) {
        String shown = labels.isEmpty() ? "" : "`" + String.join("`, `", labels) + "`";
        return "| `" + name + "` | " + type + " | " + shown + " | " + description + " |";
    }
}
