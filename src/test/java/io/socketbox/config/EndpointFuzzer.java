package io.socketbox.config;

import io.socketbox.route.Addresses;
import io.socketbox.testing.Fuzzed;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Any bytes as the text of an address: read as the JDK reads it, and written so that it reads the same again. */
public final class EndpointFuzzer {
    private EndpointFuzzer() {}

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        AddressReader reader = new AddressReader();
        if (reader.read(text)) {
            Fuzzed.check(agrees(text, reader.hi(), reader.lo()), "the JDK reads another address", text);
            AddressReader again = new AddressReader();
            Fuzzed.check(again.read(Addresses.toString(reader.hi(), reader.lo())), "cannot be read again", text);
            Fuzzed.check(again.hi() == reader.hi() && again.lo() == reader.lo(), "reads differently again", text);
        } else {
            Fuzzed.check(reader.errorAt() >= 0 && reader.errorAt() <= text.length(), "no place for the error", text);
        }
        try {
            Endpoint endpoint = Endpoint.parse(text, 80);
            Fuzzed.check(endpoint.equals(Endpoint.parse(endpoint.toString(), 0)), "reads differently again", text);
        } catch (IllegalArgumentException refused) {
            Fuzzed.checkLine(refused.getMessage());
        }
    }

    private static boolean agrees(String text, long hi, long lo) {
        byte[] bytes = InetAddress.ofLiteral(text).getAddress();
        boolean ipv4 = bytes.length == Integer.BYTES;
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return ipv4
                ? hi == 0 && lo == (0xffffL << 32 | buffer.getInt() & 0xffff_ffffL)
                : hi == buffer.getLong() && lo == buffer.getLong();
    }
}
