package io.socketbox.bench.suite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What one section found: comparisons with their bars, single figures, distributions, and what was left out. */
final class SectionReport {
    /** Which side of its bar a figure has to be on. */
    enum Want {
        /** Up to the bar. */
        AT_MOST,
        /** From the bar on. */
        AT_LEAST,
        /** There is no bar. */
        NONE
    }

    /**
     * One figure.
     *
     * @param name what it is of.
     * @param unit its unit, or {@code x} for a ratio.
     * @param spread of the single values: median, least, most.
     * @param bar to be compared with the median; not looked at when there is none.
     */
    record Figure(String name, String unit, Spread spread, Want want, double bar) {
        boolean isMet() {
            return switch (want) {
                case AT_MOST -> spread.median() <= bar;
                case AT_LEAST -> spread.median() >= bar;
                case NONE -> true;
            };
        }
    }

    private final Section section;
    private final List<Figure> figures = new ArrayList<>();
    private final Map<String, Histogram> distributions = new LinkedHashMap<>();
    private final List<String> remarks = new ArrayList<>();
    private double tookSeconds;

    SectionReport(Section section) {
        this.section = section;
    }

    Section section() {
        return section;
    }

    List<Figure> figures() {
        return figures;
    }

    /** Latencies by name, ns. */
    Map<String, Histogram> distributions() {
        return distributions;
    }

    List<String> remarks() {
        return remarks;
    }

    double tookSeconds() {
        return tookSeconds;
    }

    void took(double seconds) {
        tookSeconds = seconds;
        System.err.printf(Locale.ROOT, "  took %s s%n", Spread.show(seconds));
    }

    /** A figure without a bar. */
    void figure(String name, String unit, double... values) {
        add(new Figure(name, unit, Spread.of(values), Want.NONE, 0));
    }

    /** A figure that has to be at most so much. */
    void atMost(double bar, String name, String unit, double... values) {
        add(new Figure(name, unit, Spread.of(values), Want.AT_MOST, bar));
    }

    /** A figure that has to be at least so much. */
    void atLeast(double bar, String name, String unit, double... values) {
        add(new Figure(name, unit, Spread.of(values), Want.AT_LEAST, bar));
    }

    private void add(Figure figure) {
        figures.add(figure);
        System.err.printf(Locale.ROOT, "  %s%n", line(figure));
    }

    /** A figure for people. */
    static String line(Figure figure) {
        String bar = switch (figure.want()) {
            case NONE -> "";
            case AT_MOST -> "  bar <= " + Spread.show(figure.bar()) + verdict(figure);
            case AT_LEAST -> "  bar >= " + Spread.show(figure.bar()) + verdict(figure);
        };
        return figure.name() + ": " + figure.spread() + " " + figure.unit() + bar;
    }

    private static String verdict(Figure figure) {
        return figure.isMet() ? ": met" : ": MISSED";
    }

    void distribution(String name, Histogram latenciesNs) {
        distributions.put(name, latenciesNs);
    }

    /** Something to know when reading the figures, such as a peer that is not there. */
    void remark(String text) {
        remarks.add(text);
        System.err.println("  " + text);
    }
}
