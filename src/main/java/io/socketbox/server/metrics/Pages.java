package io.socketbox.server.metrics;

import io.socketbox.observe.MetricsText;
import io.socketbox.server.status.StatusSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** What the metrics listener answers. Everything but the values themselves is made at the start. */
public final class Pages {
    private static final String RESOURCE = "status.html";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final StatusSource source;
    private final byte[] page;
    private final String pagePolicy;

    /**
     * Reads the page.
     *
     * @param source of the values.
     */
    public Pages(StatusSource source) {
        this.source = source;
        try (InputStream in = Pages.class.getResourceAsStream(RESOURCE)) {
            page = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the status page of this program's archive", e);
        }
        String text = new String(page, StandardCharsets.UTF_8);
        pagePolicy =
                "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                        + "; script-src " + hash(text, "script") + "; style-src " + hash(text, "style");
    }

    /** The source that a content security policy names what is inside of the page's one element by. */
    private static String hash(String text, String element) {
        int start = text.indexOf("<" + element + ">") + element.length() + 2;
        String inside = text.substring(start, text.indexOf("</" + element + ">", start));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(inside.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Answers a request.
     *
     * @param loopback whether the listener is for this machine only.
     * @return the whole response.
     */
    byte[] answer(HttpRequest request, boolean loopback) {
        if (request.status() != 200) {
            return plain(request.status(), request);
        }
        if (loopback && !request.isForLoopback()) {
            return plain(421, request);
        }
        boolean known = request.path().equals("/")
                || request.path().equals("/metrics")
                || request.path().equals("/status.json");
        if (!known) {
            return plain(404, request);
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return plain(405, request);
        }
        return switch (request.path()) {
            case "/metrics" -> response(200, MetricsText.CONTENT_TYPE, bytes(source.metrics()), request);
            case "/status.json" -> response(200, "application/json", bytes(source.json()), request);
            default -> response(200, "text/html; charset=utf-8", page, request);
        };
    }

    private byte[] plain(int status, HttpRequest request) {
        return response(status, TEXT, bytes(status + " " + reason(status) + "\n"), request);
    }

    private byte[] response(int status, String type, byte[] body, HttpRequest request) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
        head.append("Content-Type: ").append(type).append("\r\n");
        head.append("Content-Length: ").append(body.length).append("\r\n");
        head.append("Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
        head.append("Cross-Origin-Resource-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\n");
        head.append("Content-Security-Policy: ").append(pagePolicy).append("\r\n");
        if (status == 405) {
            head.append("Allow: GET, HEAD\r\n");
        }
        byte[] start = bytes(head.append("\r\n").toString());
        if (request.method().equals("HEAD")) {
            return start;
        }
        byte[] whole = Arrays.copyOf(start, start.length + body.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 404 -> "Not Found: there are /, /metrics and /status.json";
            case 405 -> "Method Not Allowed";
            case 421 -> "Misdirected Request: ask for localhost or an address";
            case 431 -> "Request Header Fields Too Large";
            default -> "Bad Request";
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
