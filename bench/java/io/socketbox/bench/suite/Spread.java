package io.socketbox.bench.suite;

import java.util.Arrays;
import java.util.Locale;

/** Several values of one thing. */
record Spread(double median, double least, double most, int count) {

    static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    /** About three digits that count. */
    static String show(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || value == Math.rint(value) ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    @Override
    public String toString() {
        return count == 1
                ? show(median)
                : show(median) + " (" + show(least) + " to " + show(most) + ", " + count + " runs)";
    }
}
