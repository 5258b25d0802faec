package io.socketbox.server.metrics;

import io.socketbox.testing.Fuzzed;
import java.nio.charset.StandardCharsets;

/** Any bytes as the head of a request: it becomes a request or a status code. */
public final class HttpRequestFuzzer {
    private HttpRequestFuzzer() {}

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        String head = new String(input, StandardCharsets.ISO_8859_1);
        HttpRequest.isComplete(head);
        HttpRequest request = HttpRequest.read(head);
        if (request.status() == 200) {
            Fuzzed.check(request.path().startsWith("/") && request.path().indexOf('?') < 0, "no path", request.path());
            Fuzzed.check(head.startsWith(request.method() + " " + request.path()), "another request", head);
        } else {
            Fuzzed.check(request.status() == 400, "another status", head);
        }
        Fuzzed.check(
                !request.isForLoopback()
                        || request.host() == null
                        || !request.host().endsWith(".example"),
                "a foreign name for loopback",
                head);
    }
}
