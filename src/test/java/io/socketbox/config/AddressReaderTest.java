package io.socketbox.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.route.Addresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text form of addresses, RFC 4291 and RFC 5952. */
class AddressReaderTest {
    private final AddressReader reader = new AddressReader();

    @ParameterizedTest
    @CsvSource({
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8::00a, 2001:db8::a",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "::ffff:192.0.2.1, ::ffff:192.0.2.1",
        "::ffff:c000:201, ::ffff:192.0.2.1",
        "192.0.2.1, ::ffff:192.0.2.1",
        "0.0.0.0, ::ffff:0.0.0.0",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "::1.2.3.4, ::102:304",
        "fe80::ffff:ffff:ffff:ffff, fe80::ffff:ffff:ffff:ffff"
    })
    void readsAndWrites(String text, String canonical) {
        assertTrue(reader.read(text), text);
        assertEquals(canonical, Addresses.toString(reader.hi(), reader.lo()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":::",
                "::1::",
                "1",
                "1:2",
                ":1::2",
                "1::2:",
                "12345::",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1..2.3",
                "::1.2.3",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::g",
                "::1%lo",
                " ::1",
                "::1 ",
                "::1/64",
                "1.2.3.4/8"
            })
    void refuses(String text) {
        assertFalse(reader.read(text), text);
        assertFalse(reader.error().isEmpty());
        assertTrue(reader.errorAt() >= 0 && reader.errorAt() <= text.length(), text);
    }

    @Property
    void agreesWithTheLibrary(@ForAll long hi, @ForAll long lo, @ForAll short zeroWords) throws UnknownHostException {
        long maskedHi = hi;
        long maskedLo = lo;
        for (int word = 0; word < 4; word++) {
            maskedHi &= (zeroWords >> word & 1) == 0 ? -1 : ~(0xffffL << 16 * word);
            maskedLo &= (zeroWords >> word + 4 & 1) == 0 ? -1 : ~(0xffffL << 16 * word);
        }
        byte[] bytes =
                ByteBuffer.allocate(16).putLong(maskedHi).putLong(maskedLo).array();
        String written = Addresses.toString(maskedHi, maskedLo);
        assertEquals(
                Inet6Address.getByAddress("", bytes, -1).getHostAddress(),
                Inet6Address.getByAddress("", toBytes(written), -1).getHostAddress());
        assertTrue(reader.read(written), written);
        assertEquals(maskedHi, reader.hi(), written);
        assertEquals(maskedLo, reader.lo(), written);
        String full =
                InetAddress.getByAddress(bytes) instanceof Inet6Address address ? address.getHostAddress() : written;
        assertTrue(reader.read(full), full);
        assertEquals(maskedHi, reader.hi(), full);
        assertEquals(maskedLo, reader.lo(), full);
    }

    private static byte[] toBytes(String literal) throws UnknownHostException {
        byte[] bytes = InetAddress.ofLiteral(literal).getAddress();
        if (bytes.length == 16) {
            return bytes;
        }
        return ByteBuffer.allocate(16).putLong(0).putInt(0xffff).put(bytes).array();
    }

    @ParameterizedTest
    @CsvSource({
        "[2001:db8::1]:443, [2001:db8::1]:443",
        "[2001:db8::1], [2001:db8::1]:80",
        "2001:db8::1, [2001:db8::1]:80",
        "192.0.2.1:8080, [::ffff:192.0.2.1]:8080",
        "192.0.2.1, [::ffff:192.0.2.1]:80",
        "::ffff:192.0.2.1, [::ffff:192.0.2.1]:80",
        "[::]:0, [::]:0"
    })
    void readsEndpoints(String text, String canonical) {
        assertEquals(canonical, Endpoint.parse(text, 80).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[::1]80", "[::1]:", "[::1]:65536", "[::1]:-1", "192.0.2.1:http", "[::1", "localhost:80", ""})
    void refusesEndpoints(String text) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text, 80));
        assertTrue(refusal.getMessage().startsWith("cannot read '" + text + "' as an address: "), refusal.getMessage());
    }

    @Test
    void saysWhatIsWrongWithAnEndpoint() {
        assertEquals(
                "cannot read '[::1]:99999' as an address: '99999' is not a port, a number from 0 to 65535",
                assertThrows(IllegalArgumentException.class, () -> Endpoint.parse("[::1]:99999", 80))
                        .getMessage());
    }
}
