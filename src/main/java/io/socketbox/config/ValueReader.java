package io.socketbox.config;

import io.socketbox.route.PortSets;
import java.nio.charset.StandardCharsets;

/** Reads what stands after the colon of a token. A refusal leaves its place, message and hint in the getters. */
final class ValueReader {
    /** What may follow an address. */
    enum Pattern {
        /** Nothing. */
        PLAIN,
        /** {@code /LEN}. */
        PREFIX,
        /** {@code /LEN} or {@code /MASK}. */
        MASKED
    }

    static final int MAX_PORT = 0xffff;
    private static final long MAX_UNSIGNED = 0xffff_ffffL;

    private final byte[] text;
    private final PortSets portSets;
    private final AddressReader address = new AddressReader();

    private long hi;
    private long lo;
    private long maskHi;
    private long maskLo;
    private boolean mappedWithShortLength;
    private int number;
    private int[] intervals = new int[16];

    private int errorFrom;
    private int errorTo;
    private String error;
    private String hint;

    ValueReader(byte[] text, PortSets portSets) {
        this.text = text;
        this.portSets = portSets;
    }

    long hi() {
        return hi;
    }

    long lo() {
        return lo;
    }

    long maskHi() {
        return maskHi;
    }

    long maskLo() {
        return maskLo;
    }

    /** The prefix length of the last pattern, as written. */
    int writtenLength() {
        return number;
    }

    /** It was {@code ::ffff:a.b.c.d/LEN} with a length that does not even cover the {@code ::ffff:}. */
    boolean isMappedWithShortLength() {
        return mappedWithShortLength;
    }

    /** What the last read of a number, or of ports (an id of {@link PortSets}), gave. */
    int number() {
        return number;
    }

    int errorFrom() {
        return errorFrom;
    }

    int errorTo() {
        return errorTo;
    }

    String error() {
        return error;
    }

    String hint() {
        return hint;
    }

    /** An address with a mask; afterwards {@link #hi()} and the like. */
    boolean readPattern(int from, int to, Pattern pattern) {
        int slash = from;
        while (slash < to && text[slash] != '/') {
            slash++;
        }
        if (!readAddress(from, slash, "address")) {
            return false;
        }
        hi = address.hi();
        lo = address.lo();
        maskHi = -1;
        maskLo = -1;
        mappedWithShortLength = false;
        if (slash == to) {
            return true;
        }
        if (pattern == Pattern.PLAIN) {
            return fail(
                    slash,
                    to,
                    "an entry of a map has no mask of its own",
                    "remove '" + quote(slash, to) + "': match-lip:LEN and match-rip:LEN hold for the whole map");
        }
        return readMask(slash + 1, to, pattern);
    }

    private boolean readAddress(int from, int to, String noun) {
        if (address.read(text, from, to)) {
            return true;
        }
        boolean isName = true;
        for (int i = from; i < to; i++) {
            isName &= text[i] != ':';
        }
        String advice = "write an IPv6 address like 2001:db8::1 or an IPv4 address like 192.0.2.1";
        for (int i = from; i < to; i++) {
            if (text[i] == '%') {
                advice = "remove '" + quote(i, to) + "': a scope cannot be matched";
                break;
            }
            if (isName && Character.isLetter(text[i])) {
                advice = "names are not resolved: write the address itself";
            }
        }
        int at = Math.min(address.errorAt(), to);
        return fail(at, Math.min(at + 1, to), "bad " + noun + " '" + quote(from, to) + "': " + address.error(), advice);
    }

    private boolean readMask(int from, int to, Pattern pattern) {
        boolean ipv4 = address.isIpv4();
        boolean dotted = address.isDotted();
        boolean isAddress = false;
        for (int i = from; i < to; i++) {
            isAddress |= text[i] == ':' || text[i] == '.';
        }
        if (isAddress) {
            return readMaskAddress(from, to, ipv4, pattern);
        }
        int most = ipv4 ? 32 : 128;
        if (!readDigits(from, to) || number > most) {
            return fail(
                    from,
                    to,
                    "bad prefix length '" + quote(from, to) + "'",
                    "a prefix length of " + (ipv4 ? "IPv4" : "IPv6") + " is a number from 0 to " + most);
        }
        int length = ipv4 ? 96 + number : number;
        mappedWithShortLength = dotted && !ipv4 && length > 0 && length < 96;
        maskHi = length >= 64 ? -1 : length == 0 ? 0 : -1L << (64 - length);
        maskLo = length <= 64 ? 0 : -1L << (128 - length);
        return true;
    }

    private boolean readMaskAddress(int from, int to, boolean ipv4, Pattern pattern) {
        if (!readAddress(from, to, "mask")) {
            return false;
        }
        if (address.isIpv4() != ipv4) {
            String family = ipv4 ? "IPv4" : "IPv6";
            return fail(
                    from,
                    to,
                    "the mask '" + quote(from, to) + "' is not " + family + " as its address is",
                    "write an " + family + " mask or a prefix length");
        }
        maskHi = ipv4 ? -1 : address.hi();
        maskLo = ipv4 ? address.lo() | (-1L << 32) : address.lo();
        boolean holes =
                (~maskHi & (~maskHi + 1)) != 0 || (~maskLo & (~maskLo + 1)) != 0 || (maskHi != -1 && maskLo != 0);
        if (pattern == Pattern.PREFIX && holes) {
            return fail(
                    from,
                    to,
                    "the mask '" + quote(from, to) + "' has holes, a prefix has none",
                    "write a prefix length, or move the entry to a rule-set");
        }
        return true;
    }

    /** A decimal number; afterwards {@link #number()}. */
    boolean readNumber(int from, int to, int least, int most, String noun) {
        if (readDigits(from, to) && number >= least && number <= most) {
            return true;
        }
        String range = "from " + least + " to " + most;
        return fail(from, to, "bad " + noun + " '" + quote(from, to) + "'", "write a number " + range);
    }

    /** A number of 32 bits, unsigned; afterwards {@link #number()} has the bits. */
    boolean readUnsigned(int from, int to, String noun) {
        long value = 0;
        boolean good = from < to;
        for (int i = from; i < to && good; i++) {
            value = value * 10 + text[i] - '0';
            good = text[i] >= '0' && text[i] <= '9' && value <= MAX_UNSIGNED;
        }
        number = (int) value;
        return good
                || fail(
                        from,
                        to,
                        "bad " + noun + " '" + quote(from, to) + "'",
                        "write a number from 0 to " + MAX_UNSIGNED);
    }

    /** Permissions in octal; afterwards {@link #number()}. */
    boolean readMode(int from, int to) {
        int value = 0;
        boolean good = from < to && to - from <= 4;
        for (int i = from; i < to && good; i++) {
            good = text[i] >= '0' && text[i] <= '7';
            value = value * 8 + text[i] - '0';
        }
        number = value;
        return (good && value <= 0777)
                || fail(from, to, "bad mode '" + quote(from, to) + "'", "permissions are octal, such as 0660");
    }

    /** {@code 80}, {@code 80,443,8000-8099}; afterwards the id of the set is {@link #number()}. */
    boolean readPorts(int from, int to) {
        int count = 0;
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i < to && text[i] != ',') {
                continue;
            }
            int first = readPortItem(start, i, from, to);
            if (first < 0) {
                return false;
            }
            if (count == intervals.length) {
                intervals = java.util.Arrays.copyOf(intervals, count * 2);
            }
            intervals[count++] = PortSets.interval(first, number);
            start = i + 1;
        }
        number = portSets.intern(intervals, count);
        return true;
    }

    /** The first port of {@code N} or {@code N-N}, with the last in {@link #number()}, or -1. */
    private int readPortItem(int from, int to, int listFrom, int listTo) {
        int dash = from;
        while (dash < to && text[dash] != '-') {
            dash++;
        }
        if (!readDigits(from, dash) || number > MAX_PORT) {
            failPort(from, dash, listFrom, listTo);
            return -1;
        }
        int first = number;
        if (dash < to && (!readDigits(dash + 1, to) || number > MAX_PORT)) {
            failPort(dash + 1, to, listFrom, listTo);
            return -1;
        }
        if (number < first) {
            fail(
                    from,
                    to,
                    "the range of ports '" + quote(from, to) + "' ends before it begins",
                    "did you mean '" + number + "-" + first + "'?");
            return -1;
        }
        return first;
    }

    private void failPort(int from, int to, int listFrom, int listTo) {
        String message = from == to ? "a port is missing" : "bad port '" + quote(from, to) + "'";
        if (from == to && listFrom != listTo) {
            message += " in '" + quote(listFrom, listTo) + "'";
        }
        fail(from, to, message, "a port is a number from 0 to 65535; lists and ranges look like 80,443,8000-8099");
    }

    /** One port; afterwards its set's id is {@link #number()}. */
    boolean readPlainPort(int from, int to) {
        if (!readDigits(from, to) || number > MAX_PORT) {
            return fail(
                    from,
                    to,
                    "bad port '" + quote(from, to) + "'",
                    "an entry of a map has one port, a number from 0 to 65535");
        }
        intervals[0] = PortSets.interval(number, number);
        number = portSets.intern(intervals, 1);
        return true;
    }

    private boolean readDigits(int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return false;
            }
            value = value * 10 + text[i] - '0';
            if (value > Integer.MAX_VALUE) {
                return false;
            }
        }
        number = (int) value;
        return from < to;
    }

    /** The bytes as a byte string, for names. */
    String byteString(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private String quote(int from, int to) {
        return Quoting.display(text, from, to);
    }

    private boolean fail(int from, int to, String message, String advice) {
        errorFrom = from;
        errorTo = to;
        error = message;
        hint = advice;
        return false;
    }
}
