package io.socketbox.observe;

/**
 * Any text as a value of a format that has an alphabet of its own. Names come from files and from clients, so that
 * everything may be in them: what is no Unicode (a half of a surrogate pair) becomes U+FFFD, control characters are
 * escaped.
 */
public final class Quoting {
    private static final String HEX = "0123456789abcdef";
    private static final char REPLACEMENT = '\uFFFD';

    private Quoting() {}

    /** Appends a JSON string (RFC 8259) with its quotes; also fit to stand in a script element of HTML. */
    public static void json(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = unicode(text, i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c == '<' || (c >= 0x7f && c < 0xa0) || c == '\u2028' || c == '\u2029') {
                        out.append("\\u");
                        for (int shift = 12; shift >= 0; shift -= 4) {
                            out.append(HEX.charAt(c >> shift & 0xf));
                        }
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** Appends a value of logfmt: bare where it can be, else as a JSON string. */
    public static void logfmt(StringBuilder out, String text) {
        boolean bare = !text.isEmpty();
        for (int i = 0; i < text.length() && bare; i++) {
            char c = text.charAt(i);
            bare = c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
        }
        if (bare) {
            out.append(text);
        } else {
            json(out, text);
        }
    }

    /** Appends a label's value of the Prometheus text format, with its quotes. */
    public static void prometheus(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = unicode(text, i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> out.append(c);
            }
        }
        out.append('"');
    }

    /** The char at {@code i}, unless it is a surrogate without its other half. */
    private static char unicode(String text, int i) {
        char c = text.charAt(i);
        boolean lonely = Character.isHighSurrogate(c)
                ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
                : Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
        return lonely ? REPLACEMENT : c;
    }
}
