package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SysctlTest {
    private static final String NAME = "net/ipv4/ip_unprivileged_port_start";

    @Test
    void theWholeNumberIsRead() throws IOException, InterruptedException {
        Process cat = new ProcessBuilder("cat", "/proc/sys/" + NAME).start();
        String expected = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assertEquals(0, cat.waitFor());
        assertEquals(Long.parseLong(expected), Sysctl.number(NAME, -1));
    }

    @Test
    void whatIsNoNumberOrNotThereHasAnotherOne() {
        assertEquals(7, Sysctl.number("kernel/osrelease", 7));
        assertEquals(7, Sysctl.number("net/nothing/of/the/kind", 7));
    }
}
