package io.socketbox.observe;

import java.util.List;
import java.util.Set;

/** How an event becomes a line. */
public enum LogFormat {
    /** {@code PROGRAM: what happened}, for people. */
    TEXT {
        @Override
        void append(StringBuilder out, String program, long timeMs, Severity severity, String text, Fields fields) {
            out.append(program).append(": ").append(text);
        }
    },
    /** {@code time=… level=… program=… msg="…"} and further fields. */
    LOGFMT {
        @Override
        void append(StringBuilder out, String program, long timeMs, Severity severity, String text, Fields fields) {
            out.append("time=");
            Timestamp.append(out, timeMs);
            out.append(" level=")
                    .append(severity.label())
                    .append(" program=")
                    .append(program)
                    .append(" msg=");
            Quoting.logfmt(out, fields.message());
            for (int i = 0; i < fields.keysAndValues().size(); i += 2) {
                out.append(' ').append(fields.keysAndValues().get(i)).append('=');
                Quoting.logfmt(out, fields.keysAndValues().get(i + 1));
            }
        }
    },
    /** One JSON object (RFC 8259) with the same fields; values are strings, or numbers for keys that count or measure. */
    JSON {
        @Override
        void append(StringBuilder out, String program, long timeMs, Severity severity, String text, Fields fields) {
            out.append("{\"time\":\"");
            Timestamp.append(out, timeMs);
            out.append("\",\"level\":\"").append(severity.label()).append("\",\"program\":");
            Quoting.json(out, program);
            out.append(",\"msg\":");
            Quoting.json(out, fields.message());
            for (int i = 0; i < fields.keysAndValues().size(); i += 2) {
                String key = fields.keysAndValues().get(i);
                String value = fields.keysAndValues().get(i + 1);
                out.append(",\"").append(key).append("\":");
                if (NUMBERS.contains(key)) {
                    out.append(value);
                } else {
                    Quoting.json(out, value);
                }
            }
            out.append('}');
        }
    };

    private static final Set<String> NUMBERS = Set.of("more", "total", "wait_us");

    /**
     * What a program finds in an event.
     *
     * @param message the event, without what the fields say.
     * @param keysAndValues in turn; keys are of lower case letters and {@code _}.
     */
    record Fields(String message, List<String> keysAndValues) {}

    /**
     * Appends one event, without line end.
     *
     * @param timeMs since 1970.
     * @param text the event as a whole, for people.
     * @param fields the event in parts.
     */
    abstract void append(StringBuilder out, String program, long timeMs, Severity severity, String text, Fields fields);
}
