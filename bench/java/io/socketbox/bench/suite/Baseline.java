package io.socketbox.bench.suite;

import io.socketbox.bench.suite.SectionReport.Figure;
import io.socketbox.bench.suite.SectionReport.Want;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The committed ratios ({@code bench/baseline.tsv}: section, name, median, separated by tabs), and what got worse since.
 * Ratios only: other figures depend on the machine.
 */
final class Baseline {
    private static final double NOISE = 1.10;

    private Baseline() {}

    /** A line for each ratio that is worse than the committed one by more than noise. */
    static List<String> compare(Path file, List<SectionReport> reports) throws IOException {
        if (!Files.exists(file)) {
            return List.of("no " + file.getFileName() + " to compare with");
        }
        Map<String, Double> before = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            int last = line.lastIndexOf('\t');
            if (last > 0) {
                before.put(line.substring(0, last), Double.parseDouble(line.substring(last + 1)));
            }
        }
        List<String> lines = new ArrayList<>();
        int compared = 0;
        for (SectionReport report : reports) {
            for (Figure figure : report.figures()) {
                Double old = before.get(key(report, figure));
                if (old != null) {
                    compared++;
                    double median = figure.spread().median();
                    boolean worse = figure.want() == Want.AT_LEAST ? median * NOISE < old : median > old * NOISE;
                    if (worse) {
                        lines.add(String.format(
                                Locale.ROOT,
                                "WORSE than committed: %s: %.2f, was %.2f",
                                key(report, figure).replace("\t", ": "),
                                median,
                                old));
                    }
                }
            }
        }
        lines.add(compared + " ratios compared with the committed ones, " + lines.size() + " worse by more than 10 %");
        return lines;
    }

    /** The ratios of a run, as they are committed. */
    static String render(List<SectionReport> reports) {
        StringBuilder text = new StringBuilder();
        for (SectionReport report : reports) {
            for (Figure figure : report.figures()) {
                if (figure.unit().equals("x")) {
                    text.append(String.format(
                            Locale.ROOT,
                            "%s\t%.3f%n",
                            key(report, figure),
                            figure.spread().median()));
                }
            }
        }
        return text.toString();
    }

    private static String key(SectionReport report, Figure figure) {
        return report.section().name() + "\t" + figure.name();
    }
}
