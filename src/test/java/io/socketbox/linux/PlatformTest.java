package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
    @Test
    void thisMachineWillDo() {
        assertDoesNotThrow(() -> Platform.require());
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, 5.11",
        "amd64, 5.11.0-rc1",
        "aarch64, 5.15.0-91-generic",
        "amd64, 6.1.0-18-amd64",
        "aarch64, 10.0"
    })
    void acceptsItsOwn(String architecture, String release) {
        assertDoesNotThrow(() -> Platform.require("Linux", architecture, release));
    }

    @ParameterizedTest
    @CsvSource({"5.10.209", "4.19.0-26-amd64", "5.4.0", "3.10"})
    void refusesAnOldKernel(String release) {
        var e = assertThrows(UnsupportedPlatformException.class, () -> Platform.require("Linux", "amd64", release));
        assertEquals(
                "this kernel is Linux " + release
                        + "; socketbox needs 5.11 or newer (close_range(2) with CLOSE_RANGE_CLOEXEC)",
                e.getMessage());
    }

    @Test
    void refusesAnotherArchitectureOrSystem() {
        var architecture =
                assertThrows(UnsupportedPlatformException.class, () -> Platform.require("Linux", "riscv64", "6.1.0"));
        assertEquals(
                "this Java runs on riscv64; socketbox knows the system calls of x86-64 and aarch64 only",
                architecture.getMessage());
        var system =
                assertThrows(UnsupportedPlatformException.class, () -> Platform.require("Mac OS X", "aarch64", "23.0"));
        assertEquals("this is Mac OS X; socketbox runs on Linux only", system.getMessage());
    }
}
