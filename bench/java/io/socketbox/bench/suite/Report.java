package io.socketbox.bench.suite;

import io.socketbox.bench.suite.SectionReport.Figure;
import io.socketbox.bench.suite.SectionReport.Want;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a run of the suite found: as JSON, as a table in Markdown, and as one page that needs nothing else. */
final class Report {
    private final String machine;
    private final boolean quick;
    private final List<SectionReport> sections;

    Report(String machine, boolean quick, List<SectionReport> sections) {
        this.machine = machine;
        this.quick = quick;
        this.sections = sections;
    }

    /** How long all sections took, for people. */
    String took() {
        return duration(
                sections.stream().mapToDouble(SectionReport::tookSeconds).sum());
    }

    private static String duration(double seconds) {
        long rounded = Math.round(seconds);
        return rounded < 60 ? rounded + " s" : rounded / 60 + " min " + rounded % 60 + " s";
    }

    String json() {
        return "{\"machine\": " + quoted(machine) + ", \"quick\": " + quick + ", \"sections\": [\n"
                + sections.stream().map(Report::json).collect(Collectors.joining(",\n")) + "\n]}\n";
    }

    private static String json(SectionReport section) {
        String figures = section.figures().stream()
                .map(figure -> String.format(
                        Locale.ROOT,
                        "    {\"name\": %s, \"unit\": %s, \"median\": %.6g, \"least\": %.6g, \"most\": %.6g, \"runs\": %d%s}",
                        quoted(figure.name()),
                        quoted(figure.unit()),
                        figure.spread().median(),
                        figure.spread().least(),
                        figure.spread().most(),
                        figure.spread().count(),
                        figure.want() == Want.NONE
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        ", \"want\": \"%s\", \"bar\": %s, \"met\": %s",
                                        figure.want() == Want.AT_MOST ? "at most" : "at least",
                                        figure.bar(),
                                        figure.isMet())))
                .collect(Collectors.joining(",\n"));
        String remarks = section.remarks().stream().map(Report::quoted).collect(Collectors.joining(", "));
        return "  {\"name\": " + quoted(section.section().name()) + ", \"title\": "
                + quoted(section.section().title()) + ", \"seconds\": "
                + String.format(Locale.ROOT, "%.1f", section.tookSeconds()) + ", \"remarks\": [" + remarks
                + "], \"figures\": [\n" + figures
                + "\n  ]}";
    }

    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    String markdown() {
        StringBuilder text = new StringBuilder(machine)
                .append("; ")
                .append(quick ? "the quick form" : "the full form")
                .append(" took ")
                .append(took())
                .append("\n");
        for (SectionReport section : sections) {
            text.append("\n## ").append(section.section().title()).append("\n\n");
            text.append("`bench/run ")
                    .append(quick ? "--quick " : "")
                    .append(section.section().name())
                    .append("` took ")
                    .append(duration(section.tookSeconds()))
                    .append("\n\n| what | median | least to most | bar | |\n|---|---|---|---|---|\n");
            for (Figure figure : section.figures()) {
                Spread spread = figure.spread();
                text.append("| ")
                        .append(figure.name())
                        .append(" | ")
                        .append(Spread.show(spread.median()))
                        .append(' ')
                        .append(figure.unit())
                        .append(" | ")
                        .append(
                                spread.count() == 1
                                        ? ""
                                        : Spread.show(spread.least()) + " to " + Spread.show(spread.most()) + " ("
                                                + spread.count() + ")")
                        .append(" | ")
                        .append(bar(figure))
                        .append(" | ")
                        .append(verdict(figure))
                        .append(" |\n");
            }
            section.remarks().forEach(remark -> text.append("\n").append(remark).append("\n"));
        }
        return text.toString();
    }

    private static String bar(Figure figure) {
        return switch (figure.want()) {
            case NONE -> "";
            case AT_MOST -> "≤ " + Spread.show(figure.bar());
            case AT_LEAST -> "≥ " + Spread.show(figure.bar());
        };
    }

    private static String verdict(Figure figure) {
        return figure.want() == Want.NONE ? "" : figure.isMet() ? "met" : "**missed**";
    }

    String html() {
        StringBuilder page = new StringBuilder("""
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>socketbox benchmarks</title>
                <meta name="viewport" content="width=device-width, initial-scale=1"><style>
                :root { color-scheme: light dark; --ink: #1c2330; --soft: #667085; --line: #e4e7ec; --paper: #fff;
                  --back: #f6f7f9; --bar: #3b6fd4; --other: #b4bccb; --good: #16794c; --bad: #c0362c; }
                @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #2b3342;
                  --paper: #171c26; --back: #0f131a; --bar: #6f9bf0; --other: #4a5568; --good: #4cc38a; --bad: #ff7b72; } }
                body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); margin: 0 auto;
                  max-width: 62rem; padding: 2rem 1rem; }
                h1 { margin: 0; } .soft { color: var(--soft); }
                section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; margin: 1.5rem 0;
                  padding: 1rem 1.25rem; overflow-x: auto; }
                h2 { font-size: 1.1rem; margin: 0 0 .75rem; } h2 .soft { font-weight: 400; font-size: .9rem; }
                table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
                td, th { padding: .3rem .5rem; border-top: 1px solid var(--line); text-align: left; vertical-align: middle; }
                th { border: 0; color: var(--soft); font-weight: 500; } .n { text-align: right; white-space: nowrap; }
                .met { color: var(--good); } .missed { color: var(--bad); font-weight: 600; }
                td svg { display: block; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
                </style></head><body><h1>socketbox benchmarks</h1><p class="soft">""");
        page.append(escaped(machine))
                .append(quick ? "; the quick form took " : "; the full form took ")
                .append(took())
                .append(
                        ". Blue is ours, grey are others; where there is a bar to reach, it is the line in the middle.</p>");
        for (SectionReport section : sections) {
            page.append("<section><h2>")
                    .append(escaped(section.section().title()))
                    .append(" <span class=\"soft\">")
                    .append(duration(section.tookSeconds()))
                    .append("</span></h2>");
            if (!section.distributions().isEmpty()) {
                page.append(Plot.percentiles(section.distributions()));
            }
            page.append("<table><tr><th>what</th><th></th><th class=\"n\">median</th><th class=\"n\">least to most</th>"
                    + "<th class=\"n\">bar</th></tr>");
            Map<String, Double> most = section.figures().stream()
                    .filter(figure -> figure.want() == Want.NONE)
                    .collect(Collectors.toMap(Figure::unit, f -> f.spread().median(), Math::max));
            section.figures().forEach(figure -> page.append(row(figure, most.getOrDefault(figure.unit(), 0.0))));
            page.append("</table>");
            section.remarks()
                    .forEach(remark -> page.append("<p class=\"soft\">")
                            .append(escaped(remark))
                            .append("</p>"));
            page.append("</section>");
        }
        return page.append("</body></html>\n").toString();
    }

    private static String row(Figure figure, double most) {
        Spread spread = figure.spread();
        String mark = figure.want() == Want.NONE
                ? ""
                : figure.isMet() ? " <span class=\"met\">✓ met</span>" : " <span class=\"missed\">✗ missed</span>";
        String picture = figure.want() == Want.NONE
                ? Plot.bar(spread.median(), most, figure.name().contains("socketbox"))
                : Plot.against(figure.bar(), spread.median(), figure.isMet());
        return "<tr><td>" + escaped(figure.name()) + "</td><td>" + picture
                + "</td><td class=\"n\">" + Spread.show(spread.median()) + " " + escaped(figure.unit())
                + "</td><td class=\"n soft\">"
                + (spread.count() == 1 ? "" : Spread.show(spread.least()) + " to " + Spread.show(spread.most()))
                + "</td><td class=\"n\">" + escaped(bar(figure)) + mark + "</td></tr>";
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
