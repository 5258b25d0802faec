package io.socketbox.config;

import io.socketbox.testing.Fuzzed;

/** Configurations that are made of choices which the bytes take: the table and the language as written agree. */
public final class RoutesFuzzer {
    private static final int CONNECTIONS = 50;

    private RoutesFuzzer() {}

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        RoutesOracle.check(new RandomConfiguration(Fuzzed.random(input)), CONNECTIONS);
    }
}
