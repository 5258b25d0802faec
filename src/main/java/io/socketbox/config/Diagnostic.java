package io.socketbox.config;

import java.util.Locale;

/**
 * One thing to say about a configuration.
 *
 * @param severity errors keep a configuration from being used.
 * @param file the name as the user gave it.
 * @param line from 1; 0 when it is about the whole file.
 * @param column in characters, from 1; 0 when it is about the whole file.
 * @param width characters to underline, at least 1.
 * @param message what is wrong, one line.
 * @param hint how to mend it, one line; empty when there is nothing to add.
 * @param source the text of the line, for people; empty when it is about the whole file.
 */
public record Diagnostic(
        Severity severity, String file, int line, int column, int width, String message, String hint, String source) {
    private static final int MAX_SHOWN = 160;
    private static final int CONTEXT_BEFORE = 40;

    /** How bad it is. */
    public enum Severity {
        /** Keeps the configuration from being used. */
        ERROR,
        /** Probably not what was meant; an error under {@code --strict}. */
        WARNING
    }

    /**
     * The text for people, several lines, without a final line end:
     *
     * <pre>
     * error: unknown token 'jmp-unix'
     *   --&gt; socketbox.conf:3:4
     *    |
     *  3 | ip:::1 jmp-unix:/run/a
     *    |        ^^^^^^^^
     *    = hint: did you mean 'jump-unix:PATH'?
     * </pre>
     */
    public String render() {
        StringBuilder out = new StringBuilder(200);
        out.append(severity.name().toLowerCase(Locale.ROOT)).append(": ").append(message);
        String number = line == 0 ? "" : Integer.toString(line);
        String margin = " ".repeat(number.length());
        out.append("\n ").append(margin).append("--> ").append(file);
        if (line > 0) {
            out.append(':').append(line).append(':').append(column);
            appendSource(out, number, margin);
        }
        if (!hint.isEmpty()) {
            out.append("\n ").append(margin).append(" = hint: ").append(hint);
        }
        return out.toString();
    }

    private void appendSource(StringBuilder out, String number, String margin) {
        int from = column <= MAX_SHOWN - CONTEXT_BEFORE ? 0 : column - CONTEXT_BEFORE;
        int to = Math.min(source.length(), from + MAX_SHOWN);
        String before = from > 0 ? "…" : "";
        String after = to < source.length() ? "…" : "";
        int carets = Math.max(1, Math.min(width, to - column + 1));
        out.append("\n ").append(margin).append(" |");
        out.append("\n ")
                .append(number)
                .append(" | ")
                .append(before)
                .append(source, from, to)
                .append(after);
        out.append("\n ").append(margin).append(" | ");
        out.repeat(' ', before.length() + column - 1 - from).repeat('^', carets);
    }
}
