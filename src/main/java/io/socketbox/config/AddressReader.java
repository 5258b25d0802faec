package io.socketbox.config;

import java.nio.charset.StandardCharsets;

/**
 * Reads the text form of one address after another without an object for each: IPv6 as in RFC 4291, section 2.2, and
 * dotted IPv4 of four decimal numbers, which becomes v4-mapped. Neither names nor scopes. One thread at a time.
 */
final class AddressReader {
    private byte[] text;
    private int at;
    private int end;

    private long hi;
    private long lo;
    private boolean ipv4;
    private boolean dotted;
    private String error;
    private int errorAt;

    /** Whether the bytes {@code from} to {@code to} (exclusive) are an address; if so, the getters say which. */
    boolean read(byte[] bytes, int from, int to) {
        text = bytes;
        at = from;
        end = to;
        hi = 0;
        lo = 0;
        ipv4 = false;
        dotted = false;
        error = null;
        if (from == to) {
            return fail(from, "an address is missing");
        }
        for (int i = from; i < to; i++) {
            if (bytes[i] == ':') {
                return readIpv6();
            }
            if (bytes[i] == '.') {
                break;
            }
        }
        ipv4 = true;
        lo = 0xffff;
        return readIpv4();
    }

    /** Like {@link #read(byte[], int, int)}, from a byte string. */
    boolean read(String byteString) {
        byte[] bytes = byteString.getBytes(StandardCharsets.ISO_8859_1);
        return read(bytes, 0, bytes.length);
    }

    long hi() {
        return hi;
    }

    long lo() {
        return lo;
    }

    /** It was written as plain IPv4, {@code 192.0.2.1}. */
    boolean isIpv4() {
        return ipv4;
    }

    /** It ended in a dotted quad: plain IPv4, or {@code ::ffff:192.0.2.1}. */
    boolean isDotted() {
        return dotted;
    }

    /** What was wrong, for people, when it was no address. */
    String error() {
        return error;
    }

    /** The index of the byte where it went wrong. */
    int errorAt() {
        return errorAt;
    }

    private boolean readIpv6() {
        int groups = 0;
        int gapAt = -1;
        if (at + 1 < end && text[at] == ':' && text[at + 1] == ':') {
            gapAt = 0;
            at += 2;
        }
        while (at < end) {
            if (groups == 8) {
                return fail(at, "an IPv6 address has eight groups at most");
            }
            if (isDottedQuadHere()) {
                if (groups > 6) {
                    return fail(at, "there is no room for a dotted IPv4 address after " + groups + " groups");
                }
                if (!readIpv4()) {
                    return false;
                }
                groups += 2;
                break;
            }
            if (!readGroup()) {
                return false;
            }
            groups++;
            if (at == end) {
                break;
            }
            if (text[at] != ':') {
                return fail(at, "unexpected " + Quoting.character(text[at]) + " in an IPv6 address");
            }
            at++;
            if (at < end && text[at] == ':') {
                if (gapAt >= 0) {
                    return fail(at - 1, "'::' can stand only once in an address");
                }
                gapAt = groups;
                at++;
            } else if (at == end) {
                return fail(at - 1, "an address does not end with a single ':'");
            }
        }
        return closeGap(groups, gapAt);
    }

    private boolean closeGap(int groups, int gapAt) {
        if (gapAt < 0) {
            return groups == 8 || fail(end, "an IPv6 address without '::' has eight groups, this one has " + groups);
        }
        if (groups == 8) {
            return fail(end, "'::' stands for at least one group, and there are eight already");
        }
        int tailBits = 16 * (groups - gapAt);
        int gapBits = 16 * (8 - groups);
        long headHi = upperHalfOfShifted(tailBits);
        long headLo = lowerHalfOfShifted(tailBits);
        long tailHi = tailBits <= 64 ? 0 : hi & (-1L >>> (128 - tailBits));
        long tailLo = tailBits == 0 ? 0 : tailBits >= 64 ? lo : lo & (-1L >>> (64 - tailBits));
        int up = tailBits + gapBits;
        hi = shiftedUpHi(headHi, headLo, up) | tailHi;
        lo = shiftedUpLo(headLo, up) | tailLo;
        return true;
    }

    private long upperHalfOfShifted(int bits) {
        return bits >= 64 ? 0 : hi >>> bits;
    }

    private long lowerHalfOfShifted(int bits) {
        if (bits == 0) {
            return lo;
        }
        return bits >= 128 ? 0 : bits >= 64 ? hi >>> (bits - 64) : (lo >>> bits) | (hi << (64 - bits));
    }

    private static long shiftedUpHi(long high, long low, int bits) {
        return bits >= 128 ? 0 : bits >= 64 ? low << (bits - 64) : (high << bits) | (low >>> (64 - bits));
    }

    private static long shiftedUpLo(long low, int bits) {
        return bits >= 64 ? 0 : low << bits;
    }

    private boolean readGroup() {
        int start = at;
        int value = 0;
        for (; at < end && Character.digit(text[at], 16) >= 0; at++) {
            if (at - start == 4) {
                return fail(start, "a group of an IPv6 address has four hexadecimal digits at most");
            }
            value = (value << 4) | Character.digit(text[at], 16);
        }
        if (at == start) {
            return fail(at, "unexpected " + Quoting.character(text[at]) + " in an IPv6 address");
        }
        append(16, value);
        return true;
    }

    private boolean isDottedQuadHere() {
        for (int i = at; i < end && text[i] != ':'; i++) {
            if (text[i] == '.') {
                return true;
            }
        }
        return false;
    }

    private boolean readIpv4() {
        dotted = true;
        for (int part = 0; part < 4; part++) {
            if (part > 0) {
                if (at == end) {
                    return fail(at, "an IPv4 address has four numbers, this one has " + part);
                }
                if (text[at] != '.') {
                    return fail(at, "unexpected " + Quoting.character(text[at]) + " in an IPv4 address");
                }
                at++;
            }
            if (!readOctet()) {
                return false;
            }
        }
        return at == end || fail(at, "unexpected " + Quoting.character(text[at]) + " after an IPv4 address");
    }

    private boolean readOctet() {
        int start = at;
        int value = 0;
        for (; at < end && text[at] >= '0' && text[at] <= '9'; at++) {
            value = value * 10 + text[at] - '0';
            if (value > 255) {
                return fail(start, "a number of an IPv4 address is 255 at most");
            }
        }
        if (at == start) {
            return fail(at, at == end ? "a number is missing" : "unexpected " + Quoting.character(text[at]));
        }
        if (at - start > 1 && text[start] == '0') {
            return fail(
                    start, "a number of an IPv4 address has no leading zero (some programs would read it as octal)");
        }
        append(8, value);
        return true;
    }

    private void append(int bits, int value) {
        hi = (hi << bits) | (lo >>> (64 - bits));
        lo = (lo << bits) | value;
    }

    private boolean fail(int where, String message) {
        error = message;
        errorAt = where;
        return false;
    }
}
