package io.socketbox.bench.suite;

/** One subject of the suite. */
interface Section {
    /** One word, with which it can be chosen on the command line. */
    String name();

    /** What is measured, for the report: a title. */
    String title();

    /** Measures, and tells the report. */
    void run(Bench bench, SectionReport report) throws Exception;
}
