package io.socketbox.server.metrics;

import io.socketbox.config.Endpoint;
import io.socketbox.linux.ByteStrings;
import java.util.List;

/**
 * Where metrics are served: at a UNIX socket or at one or two TCP addresses.
 *
 * @param path a byte string, or null.
 * @param addresses empty with a path.
 */
public record MetricsAddress(String path, List<Endpoint> addresses) {
    private static final int MAX_PATH = 107;
    private static final int MAX_PORT = 65_535;

    /**
     * Reads {@code PATH}, which has a slash in it, {@code [ADDRESS]:PORT}, {@code 192.0.2.1:PORT}, or {@code PORT} on both
     * loopback addresses.
     *
     * @throws IllegalArgumentException whose message says what is wrong.
     */
    public static MetricsAddress parse(String text) {
        if (text.indexOf('/') >= 0) {
            if (text.length() > MAX_PATH) {
                throw new IllegalArgumentException(
                        "the path has " + text.length() + " bytes; that of a UNIX socket has at most 107, unix(7)");
            }
            return new MetricsAddress(text, List.of());
        }
        if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= MAX_PORT) {
            return new MetricsAddress(null, List.of(endpoint("[::1]:" + text), endpoint("127.0.0.1:" + text)));
        }
        if (!text.matches("(.*\\]|[0-9.]+):[0-9]+")) {
            throw new IllegalArgumentException("'" + ByteStrings.display(text)
                    + "' is no path (which has a slash), no [ADDRESS]:PORT and no PORT");
        }
        return new MetricsAddress(null, List.of(endpoint(text)));
    }

    private static Endpoint endpoint(String text) {
        return Endpoint.parse(text, 0);
    }

    /** Whether an address can be reached from this machine only: ::1 or 127.0.0.0/8. */
    static boolean isLoopback(Endpoint address) {
        boolean v4 = address.hi() == 0 && address.lo() >>> 32 == 0xffff;
        return v4 ? (address.lo() >>> 24 & 0xff) == 127 : address.hi() == 0 && address.lo() == 1;
    }
}
