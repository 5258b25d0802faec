package io.socketbox.demo;

import java.io.IOException;
import java.util.List;

/**
 * What a receiver says about itself and about the connection that it was given.
 *
 * @param name the receiver's
 * @param namespace its network namespace, as {@code /proc/self/ns/net} shows it
 * @param interfaces the network interfaces in there
 * @param client the peer's address and port, by getpeername(2)
 * @param server the connection's own, by getsockname(2)
 */
record Answer(String name, String namespace, List<String> interfaces, String client, String server) {
    private static final String HEAD = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n";

    /** As an HTTP response of plain text, one fact a line. */
    String toHttp() {
        return HEAD + "receiver: " + name + "\nnamespace: " + namespace + "\ninterfaces: "
                + String.join(" ", interfaces) + "\nclient: " + client + "\nserver: " + server + "\n";
    }

    /** Reads what {@link #toHttp} wrote. */
    static Answer parse(String http) throws IOException {
        return new Answer(
                fact(http, "receiver"),
                fact(http, "namespace"),
                List.of(fact(http, "interfaces").split(" ")),
                fact(http, "client"),
                fact(http, "server"));
    }

    private static String fact(String http, String key) throws IOException {
        return http.lines()
                .filter(line -> line.startsWith(key + ": "))
                .findFirst()
                .map(line -> line.substring(key.length() + 2))
                .orElseThrow(() -> new IOException("no " + key + " in the answer: " + http));
    }
}
