package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ListenSocketsTest {
    @Test
    void theWholeSysctlIsRead() throws IOException, InterruptedException {
        Process cat = new ProcessBuilder("cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start").start();
        String expected = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assertEquals(0, cat.waitFor());
        assertEquals(expected, ListenSockets.unprivilegedPortStart());
    }
}
