package io.socketbox.bench.suite;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** Pictures for the report, as SVG within HTML. */
final class Plot {
    private static final List<String> COLOURS = List.of("#3b6fd4", "#d97706", "#16794c", "#9333ea", "#c0362c");
    private static final int WIDTH = 720;
    private static final int HEIGHT = 260;
    private static final int LEFT = 64;
    private static final int BOTTOM = 28;
    private static final int BAR_WIDTH = 120;
    /** One in so many is the last to be drawn, as a power of ten. */
    private static final double NINES = 5;

    private Plot() {}

    /** A bar for one of several values; ours stands out. */
    static String bar(double value, double most, boolean isOurs) {
        return bar(most <= 0 ? 0 : value / most, isOurs ? "var(--bar)" : "var(--other)", "");
    }

    /** A bar for a value that has to stay on one side of a limit, which is a line in the middle. */
    static String against(double limit, double value, boolean isMet) {
        double part = limit > 0 ? value / limit / 2 : Math.signum(value);
        String line = String.format(
                Locale.ROOT, "<line x1=\"%1$d\" x2=\"%1$d\" y1=\"0\" y2=\"14\" stroke=\"var(--ink)\"/>", BAR_WIDTH / 2);
        return bar(Math.min(1, part), isMet ? "var(--good)" : "var(--bad)", limit > 0 ? line : "");
    }

    private static String bar(double part, String colour, String line) {
        return String.format(
                Locale.ROOT,
                "<svg width=\"%d\" height=\"14\" aria-hidden=\"true\"><rect y=\"2\" width=\"%.1f\" height=\"10\" rx=\"2\""
                        + " style=\"fill:%s\"/>%s</svg>",
                BAR_WIDTH,
                BAR_WIDTH * part,
                colour,
                line);
    }

    /** Latency by percentile, both axes logarithmic: to the right the rarer ones. */
    static String percentiles(Map<String, Histogram> distributions) {
        double least = distributions.values().stream()
                .mapToDouble(h -> Math.max(1, h.getMinNonZeroValue()))
                .min()
                .orElseThrow();
        double most = distributions.values().stream()
                .mapToDouble(Histogram::getMaxValue)
                .max()
                .orElseThrow();
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" width=\"100%%\" role=\"img\" aria-label=\"latency by percentile\">",
                WIDTH,
                HEIGHT + BOTTOM));
        String[] labels = {"0", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"};
        for (int nines = 0; nines <= NINES; nines++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%1$.0f\" x2=\"%1$.0f\" y1=\"0\" y2=\"%2$d\" stroke=\"var(--line)\"/>"
                            + "<text x=\"%1$.0f\" y=\"%3$d\" text-anchor=\"middle\">%4$s</text>",
                    x(nines),
                    HEIGHT,
                    HEIGHT + 18,
                    labels[nines]));
        }
        for (double power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
            double ns = Math.pow(10, power);
            if (ns >= least && ns <= most) {
                svg.append(String.format(
                        Locale.ROOT,
                        "<line x1=\"%1$d\" x2=\"%2$d\" y1=\"%3$.1f\" y2=\"%3$.1f\" stroke=\"var(--line)\"/>"
                                + "<text x=\"%4$d\" y=\"%5$.1f\" text-anchor=\"end\">%6$s</text>",
                        LEFT,
                        WIDTH,
                        y(ns, least, most),
                        LEFT - 6,
                        y(ns, least, most) + 4,
                        duration(ns)));
            }
        }
        int number = 0;
        for (Map.Entry<String, Histogram> one : distributions.entrySet()) {
            String colour = COLOURS.get(number % COLOURS.size());
            svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"")
                    .append(colour)
                    .append("\" points=\"");
            for (HistogramIterationValue value : one.getValue().percentiles(10)) {
                double beyond = 1 - value.getPercentileLevelIteratedTo() / 100;
                double nines = beyond <= 0 ? NINES : Math.min(NINES, -Math.log10(beyond));
                svg.append(
                        String.format(Locale.ROOT, "%.1f,%.1f ", x(nines), y(value.getValueIteratedTo(), least, most)));
            }
            svg.append("\"/>")
                    .append(String.format(
                            Locale.ROOT,
                            "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"4\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text>",
                            LEFT + 12,
                            12 + 18 * number,
                            colour,
                            LEFT + 30,
                            18 + 18 * number,
                            Report.escaped(one.getKey())));
            number++;
        }
        return svg.append("</svg>").toString();
    }

    private static double x(double nines) {
        return LEFT + nines / NINES * (WIDTH - LEFT - 30);
    }

    private static double y(double ns, double least, double most) {
        return HEIGHT - 4 - (HEIGHT - 12) * Math.log(Math.max(ns, least) / least) / Math.log(most / least);
    }

    private static String duration(double ns) {
        return ns >= 1e9
                ? Spread.show(ns / 1e9) + " s"
                : ns >= 1e6
                        ? Spread.show(ns / 1e6) + " ms"
                        : ns >= 1e3 ? Spread.show(ns / 1e3) + " µs" : Spread.show(ns) + " ns";
    }
}
