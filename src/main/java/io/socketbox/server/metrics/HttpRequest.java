package io.socketbox.server.metrics;

import java.util.Locale;

/**
 * The head of a request, as far as it matters here (RFC 9112). Whatever a client sends becomes a request or a status code,
 * never an exception.
 *
 * @param status 200 when it can be answered, else why not.
 * @param method as it was sent.
 * @param path of the target, without what follows a question mark.
 * @param host of the Host field, without its port; null when there is none.
 */
record HttpRequest(int status, String method, String path, String host) {
    /** The most that a head may have, bytes. */
    static final int MAX_HEAD = 8_192;

    /** Whether the head has come to its end. */
    static boolean isComplete(String received) {
        return received.contains("\r\n\r\n") || received.contains("\n\n");
    }

    /** Reads a head that is complete; one char a byte. */
    static HttpRequest read(String head) {
        String[] lines = head.split("\r?\n", -1);
        String[] words = lines[0].split(" ", -1);
        if (words.length != 3 || !words[2].matches("HTTP/1\\.[0-9]") || !words[0].matches("[A-Z]{1,20}")) {
            return new HttpRequest(400, "", "", null);
        }
        String target = words[1];
        int end = target.indexOf('?');
        String path = end < 0 ? target : target.substring(0, end);
        return new HttpRequest(path.startsWith("/") ? 200 : 400, words[0], path, host(lines));
    }

    private static String host(String[] lines) {
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0 && lines[i].substring(0, colon).equalsIgnoreCase("host")) {
                String value = lines[i].substring(colon + 1).strip().toLowerCase(Locale.ROOT);
                return value.replaceFirst(":[0-9]*$", "");
            }
        }
        return null;
    }

    /**
     * Whether the client meant this machine by an address, or as localhost. A page of another site whose name was made to
     * mean 127.0.0.1 (DNS rebinding) sends that name.
     */
    boolean isForLoopback() {
        return host == null
                || host.equals("localhost")
                || host.endsWith(".localhost")
                || host.matches("[0-9.]+|\\[[0-9a-f:.]*\\]");
    }
}
