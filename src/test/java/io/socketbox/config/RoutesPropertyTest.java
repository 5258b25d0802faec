package io.socketbox.config;

import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The compiled table and the language as written agree on every connection that a generator can think of. */
class RoutesPropertyTest {
    private static final int CONNECTIONS = 1000;

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void tableAgreesWithPlainModel(@ForAll long seed) {
        RoutesOracle.check(new RandomConfiguration(new Random(seed)), CONNECTIONS);
    }
}
