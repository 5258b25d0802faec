package io.socketbox.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.ByteStrings;
import io.socketbox.testing.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Whatever is in a message or a name, a line stays one line of its format, and a reader gets it back. */
class LogFormatProperties {
    private static final long END_OF_9999_MS = 253_402_300_799_999L;

    @Property
    void jsonComesBack(@ForAll String message, @ForAll String value) {
        Map<String, Object> read = Json.object(line(LogFormat.JSON, message, value));
        assertEquals(valid(message), read.get("msg"));
        assertEquals(valid(value), read.get("destination"));
        assertEquals("warning", read.get("level"));
        assertEquals("socketbox", read.get("program"));
    }

    @Property
    void logfmtComesBack(@ForAll String message, @ForAll String value) {
        Map<String, String> read = logfmt(line(LogFormat.LOGFMT, message, value));
        assertEquals(valid(message), read.get("msg"));
        assertEquals(valid(value), read.get("destination"));
        assertEquals("warning", read.get("level"));
    }

    @Property
    void anyPathComesBackAsItIsShown(@ForAll @Size(max = 107) byte[] path) {
        String shown = ByteStrings.display(ByteStrings.of(path));
        assertEquals(shown, Json.object(line(LogFormat.JSON, "m", shown)).get("destination"));
        assertEquals(shown, logfmt(line(LogFormat.LOGFMT, "m", shown)).get("destination"));
    }

    @Property
    void prometheusLabelsComeBack(@ForAll String value) {
        StringBuilder out = new StringBuilder();
        Quoting.prometheus(out, value);
        String quoted = out.toString();
        assertTrue(quoted.startsWith("\"") && quoted.endsWith("\"") && quoted.indexOf('\n') < 0, quoted);
        StringBuilder read = new StringBuilder();
        for (int i = 1; i < quoted.length() - 1; i++) {
            char c = quoted.charAt(i);
            assertTrue(c != '"', quoted);
            if (c == '\\') {
                int known = "\\\"n".indexOf(quoted.charAt(++i));
                assertTrue(known >= 0, quoted);
                c = "\\\"\n".charAt(known);
            }
            read.append(c);
        }
        assertEquals(valid(value), read.toString());
    }

    @Property
    void momentsAreThoseOfJavaTime(@ForAll @LongRange(max = END_OF_9999_MS) long timeMs) {
        StringBuilder out = new StringBuilder();
        Timestamp.append(out, timeMs);
        assertEquals(24, out.length());
        assertEquals(Instant.ofEpochMilli(timeMs), Instant.parse(out));
    }

    private static String line(LogFormat format, String message, String value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        EventLog log = new EventLog(out);
        log.configure(new LogSettings(format, Severity.INFO, false));
        log.write(Severity.WARNING, "for people", message, "destination", value);
        String text = out.toString(StandardCharsets.UTF_8);
        assertEquals(text.length() - 1, text.indexOf('\n'), text);
        return text.strip();
    }

    /** The text as it is when what is no Unicode was replaced. */
    private static String valid(String text) {
        byte[] bytes = text.replaceAll("\\p{Cs}", "\uFFFD").getBytes(StandardCharsets.UTF_8);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Map<String, String> logfmt(String line) {
        Map<String, String> read = new LinkedHashMap<>();
        int at = 0;
        while (at < line.length()) {
            int equals = line.indexOf('=', at);
            int end = equals + 1;
            boolean quoted = line.charAt(end) == '"';
            if (quoted) {
                for (end++; line.charAt(end) != '"'; end++) {
                    end += line.charAt(end) == '\\' ? 1 : 0;
                }
                end++;
            } else {
                end = line.indexOf(' ', end) < 0 ? line.length() : line.indexOf(' ', end);
            }
            String value = line.substring(equals + 1, end);
            read.put(line.substring(at, equals), quoted ? (String) Json.parse(value) : value);
            assertTrue(end == line.length() || line.charAt(end) == ' ', line);
            at = end + 1;
        }
        return read;
    }
}
