package io.socketbox.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Byte for byte as HAProxy's proxy-protocol.txt, sections 2.1 and 2.2, has it. */
class ProxyHeaderTest {
    private static final long V4 = 0xffff_0000_0000L;
    private static final Client IPV4 = new Client(true, 0, V4 | 0xc0000201L, 56324, 0, V4 | 0xc0000202L, 443);
    private static final Client IPV6 =
            new Client(true, 0x20010db800000000L, 1, 65535, 0x20010db800000000L, 0xabcdL << 48 | 2, 80);
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static String text(Client client) {
        return new String(ProxyHeader.of(ProxyVersion.V1, client), StandardCharsets.US_ASCII);
    }

    private static String hex(Client client) {
        return HexFormat.of().formatHex(ProxyHeader.of(ProxyVersion.V2, client));
    }

    @Test
    void version1() {
        assertEquals("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n", text(IPV4));
        assertEquals("PROXY TCP6 2001:db8::1 2001:db8::abcd:0:0:2 65535 80\r\n", text(IPV6));
        assertEquals("PROXY UNKNOWN\r\n", text(Client.LOCAL));
    }

    @Test
    void version2() {
        assertEquals(SIGNATURE + "2111000c" + "c0000201" + "c0000202" + "dc04" + "01bb", hex(IPV4));
        assertEquals(
                SIGNATURE + "21210024" + "20010db8000000000000000000000001" + "20010db800000000abcd000000000002"
                        + "ffff" + "0050",
                hex(IPV6));
        assertEquals(SIGNATURE + "21000000", hex(Client.LOCAL));
    }

    @Test
    void none() {
        assertEquals(0, ProxyHeader.of(ProxyVersion.NONE, IPV4).length);
    }
}
