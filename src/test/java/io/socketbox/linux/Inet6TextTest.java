package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Inet6TextTest {
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0000000000000000, ::",
        "0000000000000000, 0000000000000001, ::1",
        "0001000000000000, 0000000000000000, 1::",
        "20010db800000000, 0000000000000001, 2001:db8::1",
        "20010db800000001, 0001000100010001, 2001:db8:0:1:1:1:1:1",
        "2001000000000001, 0000000000000001, 2001:0:0:1::1",
        "20010db800000000, 0001000000000001, 2001:db8::1:0:0:1",
        "fe80000000000000, abcdef0123456789, fe80::abcd:ef01:2345:6789",
        "0000000000000000, 0000ffff01020304, 1.2.3.4",
        "0000000000000000, 0000ffffffffffff, 255.255.255.255",
        "0064ff9b00000000, 00000000c0000201, 64:ff9b::c000:201"
    })
    void writesAsRfc5952Says(String hi, String lo, String text) {
        assertEquals(text, Inet6Text.format(Long.parseUnsignedLong(hi, 16), Long.parseUnsignedLong(lo, 16)));
    }

    @Test
    void writesPortsAndScopes() {
        assertEquals("[2001:db8::1]:80", Inet6Text.format(0x20010db8_0000_0000L, 1, 0, 80));
        assertEquals("[fe80::1%3]:65535", Inet6Text.format(0xfe80_0000_0000_0000L, 1, 3, 65_535));
        assertEquals("1.2.3.4:0", Inet6Text.format(0, 0xffff_0102_0304L, 0, 0));
        assertEquals("unix:@x/\u00e9", new Endpoint(Sockets.AF_UNIX, 0, 0, 0, 0, "\0x/\u00c3\u00a9").toString());
    }

    @Test
    void whatItWritesReadsBackAsTheSameAddress() throws UnknownHostException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            // Many zero words, so that there is something to abbreviate.
            ByteBuffer bytes = ByteBuffer.allocate(16);
            for (int word = 0; word < 8; word++) {
                bytes.putShort((short) (random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(2)));
            }
            long hi = bytes.getLong(0);
            long lo = bytes.getLong(8);
            String text = Inet6Text.format(hi, lo);
            InetAddress read = InetAddress.getByName(text);
            if (read instanceof Inet6Address) {
                assertArrayEquals(bytes.array(), read.getAddress(), text + ", seed " + seed);
            }
            assertFalse(text.contains(":::"), text + ", seed " + seed);
        }
    }
}
