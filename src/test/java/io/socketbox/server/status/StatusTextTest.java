package io.socketbox.server.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers as people read them. */
class StatusTextTest {
    @ParameterizedTest
    @CsvSource({
        "10000000, 100/s",
        "333333333, 3/s",
        "1000000000, 1/s",
        "666666666, 1.5/s",
        "1, 1000000000/s",
        "81004, 12345/s",
        "8571428571, 7/m",
        "60000000000, 1/m",
        "3600000000000, 1/h",
        "900000000000, 4/h"
    })
    void aRateIsSaidInTheUnitThatItWasWrittenIn(long intervalNs, String expected) {
        assertEquals(expected, StatusText.rate(1e9 / intervalNs));
    }

    @ParameterizedTest
    @CsvSource({"1, 1 ns", "999, 999 ns", "1000, 1.00 us", "27345, 27.3 us", "999499, 999 us", "999500, 1.00 ms"})
    void aDurationHasThreeDigits(long ns, String expected) {
        assertEquals(expected, StatusText.duration(ns));
    }

    @ParameterizedTest
    @CsvSource({"999, 00:00:00", "86399000, 23:59:59", "86400000, 1 d 00:00:00", "900061000, 10 d 10:01:01"})
    void upTimeHasDays(long ms, String expected) {
        assertEquals(expected, StatusText.uptime(ms));
    }
}
