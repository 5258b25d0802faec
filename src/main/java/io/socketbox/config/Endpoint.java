package io.socketbox.config;

import io.socketbox.route.Addresses;

/**
 * An address and a port, as in the arguments of {@code --explain}.
 *
 * @param hi the upper half of the address; IPv4 is v4-mapped.
 * @param lo the lower half.
 * @param port 0 to 65,535.
 */
public record Endpoint(long hi, long lo, int port) {

    /**
     * Reads {@code [ADDR]:PORT}, {@code [ADDR]}, {@code ADDR} or {@code 1.2.3.4:PORT}.
     *
     * @param defaultPort when the text has none.
     * @throws IllegalArgumentException with a message for people.
     */
    public static Endpoint parse(String text, int defaultPort) {
        String address = text;
        int port = defaultPort;
        int bracket = text.indexOf(']');
        int colon = text.lastIndexOf(':');
        if (text.startsWith("[") && bracket > 0) {
            address = text.substring(1, bracket);
            String rest = text.substring(bracket + 1);
            if (!rest.isEmpty()) {
                if (rest.charAt(0) != ':') {
                    throw new IllegalArgumentException(refusal(text) + ": after ']' comes nothing or a ':' and a port");
                }
                port = parsePort(text, rest.substring(1));
            }
        } else if (colon >= 0 && colon == text.indexOf(':') && text.lastIndexOf('.', colon) >= 0) {
            address = text.substring(0, colon);
            port = parsePort(text, text.substring(colon + 1));
        }
        AddressReader reader = new AddressReader();
        if (!reader.read(address)) {
            throw new IllegalArgumentException(
                    refusal(text) + ": " + reader.error() + "; write [2001:db8::1]:80, 2001:db8::1 or 192.0.2.1:80");
        }
        return new Endpoint(reader.hi(), reader.lo(), port);
    }

    private static int parsePort(String text, String digits) {
        int port = 0;
        for (int i = 0; i < digits.length() && port <= 0xffff; i++) {
            int digit = digits.charAt(i) - '0';
            port = digit < 0 || digit > 9 ? Integer.MAX_VALUE : port * 10 + digit;
        }
        if (digits.isEmpty() || port > 0xffff) {
            throw new IllegalArgumentException(
                    refusal(text) + ": '" + Quoting.display(digits) + "' is not a port, a number from 0 to 65535");
        }
        return port;
    }

    private static String refusal(String text) {
        return "cannot read '" + Quoting.display(text) + "' as an address";
    }

    /** {@code [ADDR]:PORT}. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(54).append('[');
        Addresses.append(out, hi, lo);
        return out.append("]:").append(port).toString();
    }
}
