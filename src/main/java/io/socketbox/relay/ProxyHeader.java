package io.socketbox.relay;

import io.socketbox.linux.Inet6Text;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What stands before a client's bytes when the target expects the PROXY protocol. */
final class ProxyHeader {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final byte VERSION_2_PROXY = 0x21;
    private static final byte UNSPECIFIED = 0x00;
    private static final byte TCP4 = 0x11;
    private static final byte TCP6 = 0x21;
    private static final int LENGTH4 = 12;
    private static final int LENGTH6 = 36;

    private ProxyHeader() {}

    /** The bytes for a client; none where {@code version} is NONE. v4-mapped addresses are TCP4. */
    static byte[] of(ProxyVersion version, Client client) {
        return switch (version) {
            case NONE -> new byte[0];
            case V1 -> text(client).getBytes(StandardCharsets.US_ASCII);
            case V2 -> binary(client);
        };
    }

    private static String text(Client client) {
        if (!client.isInternet()) {
            return "PROXY UNKNOWN\r\n";
        }
        boolean ipv4 = client.isIpv4();
        return "PROXY " + (ipv4 ? "TCP4 " : "TCP6 ") + address(ipv4, client.peerHi(), client.peerLo()) + " "
                + address(ipv4, client.localHi(), client.localLo()) + " " + client.peerPort() + " "
                + client.localPort() + "\r\n";
    }

    /** An IPv4 address beside an IPv6 one is written as IPv6 too: both have to be of the family that was said. */
    private static String address(boolean ipv4, long hi, long lo) {
        return (!ipv4 && Inet6Text.isV4Mapped(hi, lo) ? "::ffff:" : "") + Inet6Text.format(hi, lo);
    }

    private static byte[] binary(Client client) {
        int length = !client.isInternet() ? 0 : client.isIpv4() ? LENGTH4 : LENGTH6;
        byte kind = !client.isInternet() ? UNSPECIFIED : client.isIpv4() ? TCP4 : TCP6;
        ByteBuffer header = ByteBuffer.allocate(SIGNATURE.length + 4 + length);
        header.put(SIGNATURE).put(VERSION_2_PROXY).put(kind).putShort((short) length);
        if (length == LENGTH4) {
            header.putInt((int) client.peerLo()).putInt((int) client.localLo());
        } else if (length == LENGTH6) {
            header.putLong(client.peerHi()).putLong(client.peerLo());
            header.putLong(client.localHi()).putLong(client.localLo());
        }
        if (length > 0) {
            header.putShort((short) client.peerPort()).putShort((short) client.localPort());
        }
        return header.array();
    }
}
