package io.socketbox.config;

/**
 * An address and a port, as in the arguments of {@code --explain}.
 *
 * @param hi the upper half of the address; IPv4 is v4-mapped.
 * @param lo the lower half.
 * @param port 0 to 65,535.
 */
public record Endpoint(long hi, long lo, int port) {

    /**
     * Reads {@code [ADDR]:PORT}, {@code ADDR} or {@code 1.2.3.4:PORT}.
     *
     * @param defaultPort when the text has none.
     * @throws IllegalArgumentException with a message for people.
     */
    public static Endpoint parse(String text, int defaultPort) {
        throw new IllegalArgumentException(text);
    }
}
