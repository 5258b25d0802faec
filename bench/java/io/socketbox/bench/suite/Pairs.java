package io.socketbox.bench.suite;

/** The same work done by two in turn, A B A B …, and compared pair by pair, so that a machine that drifts does not matter. */
final class Pairs {
    /** One run of the work: a figure. */
    @FunctionalInterface
    interface Run {
        double measure() throws Exception;
    }

    private final double[] a;
    private final double[] b;

    private Pairs(int count) {
        a = new double[count];
        b = new double[count];
    }

    /** Does the work so many times with each; which one is first alternates too. */
    static Pairs of(int count, Run first, Run second) throws Exception {
        Pairs pairs = new Pairs(count);
        for (int i = 0; i < count; i++) {
            if (i % 2 == 0) {
                pairs.a[i] = first.measure();
                pairs.b[i] = second.measure();
            } else {
                pairs.b[i] = second.measure();
                pairs.a[i] = first.measure();
            }
        }
        return pairs;
    }

    double[] a() {
        return a;
    }

    double[] b() {
        return b;
    }

    /** A divided by B, pair by pair. */
    double[] ratios() {
        double[] ratios = new double[a.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = a[i] / b[i];
        }
        return ratios;
    }
}
