package io.socketbox.relay;

import io.socketbox.config.Endpoint;
import io.socketbox.testing.Fuzzed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Any two endpoints: whoever reads the header as the protocol's specification says finds the same ones. */
public final class ProxyHeaderFuzzer {
    private static final int MOST_OF_V1 = 107;
    private static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII);
    private static final int CLIENT_SIZE = 1 + 4 * Long.BYTES + 2 * Short.BYTES;

    private ProxyHeaderFuzzer() {}

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        Client client = client(ByteBuffer.wrap(Arrays.copyOf(input, CLIENT_SIZE)));
        byte[] text = ProxyHeader.of(ProxyVersion.V1, client);
        Fuzzed.check(text.length <= MOST_OF_V1 && readText(text).equals(client), "v1 differs", client.toString());
        byte[] binary = ProxyHeader.of(ProxyVersion.V2, client);
        Fuzzed.check(
                readBinary(ByteBuffer.wrap(binary)).equals(client),
                "v2 " + HexFormat.of().formatHex(binary) + " differs",
                client.toString());
    }

    /** Of the kinds that there are: none, both IPv4, or any. */
    private static Client client(ByteBuffer from) {
        int kind = from.get() & 3;
        long[] words = {from.getLong(), from.getLong(), from.getLong(), from.getLong()};
        int peerPort = Short.toUnsignedInt(from.getShort());
        int localPort = Short.toUnsignedInt(from.getShort());
        return switch (kind) {
            case 0 -> Client.LOCAL;
            case 1 -> new Client(true, 0, mapped(words[0]), peerPort, 0, mapped(words[1]), localPort);
            case 2 -> new Client(true, 0, mapped(words[0]), peerPort, words[2], words[3], localPort);
            default -> new Client(true, words[0], words[1], peerPort, words[2], words[3], localPort);
        };
    }

    private static long mapped(long word) {
        return 0xffffL << 32 | word & 0xffff_ffffL;
    }

    private static Client readText(byte[] header) {
        String text = new String(header, StandardCharsets.US_ASCII);
        Fuzzed.check(text.endsWith("\r\n"), "no end", text);
        String[] words = text.substring(0, text.length() - 2).split(" ", -1);
        Fuzzed.check(words[0].equals("PROXY"), "no beginning", text);
        if (words[1].equals("UNKNOWN")) {
            return Client.LOCAL;
        }
        Fuzzed.check(words.length == 6, "not six words", text);
        boolean ipv4 = words[1].equals("TCP4");
        Fuzzed.check(ipv4 || words[1].equals("TCP6"), "no family", text);
        for (String address : Arrays.asList(words[2], words[3])) {
            Fuzzed.check(ipv4 == (address.indexOf(':') < 0), "an address of another family", text);
        }
        Endpoint peer = Endpoint.parse(words[2], Integer.parseInt(words[4]));
        Endpoint local = Endpoint.parse(words[3], Integer.parseInt(words[5]));
        return new Client(true, peer.hi(), peer.lo(), peer.port(), local.hi(), local.lo(), local.port());
    }

    private static Client readBinary(ByteBuffer header) {
        byte[] signature = new byte[SIGNATURE.length];
        header.get(signature);
        Fuzzed.check(
                Arrays.equals(SIGNATURE, signature), "signature", HexFormat.of().formatHex(signature));
        Fuzzed.check(header.get() == 0x21, "version and command", "");
        int family = header.get();
        Fuzzed.check(header.getShort() == header.remaining(), "length", "");
        return switch (family) {
            case 0x00 -> Client.LOCAL;
            case 0x11 -> {
                long peer = mapped(header.getInt());
                long local = mapped(header.getInt());
                yield new Client(true, 0, peer, port(header), 0, local, port(header));
            }
            case 0x21 -> {
                long[] words = {header.getLong(), header.getLong(), header.getLong(), header.getLong()};
                yield new Client(true, words[0], words[1], port(header), words[2], words[3], port(header));
            }
            default -> throw new AssertionError("family " + family);
        };
    }

    private static int port(ByteBuffer from) {
        return Short.toUnsignedInt(from.getShort());
    }
}
