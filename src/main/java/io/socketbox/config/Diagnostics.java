package io.socketbox.config;

import io.socketbox.config.Diagnostic.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects diagnostics. Keeps the first so many of each severity and counts the rest, so that a file of a million
 * mistakes stays readable, and fits the memory. */
final class Diagnostics {
    static final int MAX_KEPT = 100;

    private final SourceText source;
    private final List<Diagnostic> kept = new ArrayList<>();
    private int errors;
    private int warnings;

    Diagnostics(SourceText source) {
        this.source = source;
    }

    int errors() {
        return errors;
    }

    int warnings() {
        return warnings;
    }

    /** Something about the bytes {@code from} to {@code to}, counted from its first, of a line. */
    void add(Severity severity, int line, int from, int to, String message, String hint) {
        add(severity, line, source.line(line), from, to, message, hint);
    }

    private void add(Severity severity, int line, byte[] text, int from, int to, String message, String hint) {
        if (count(severity)) {
            int column = 1 + Quoting.display(text, 0, from).length();
            int width = Math.max(1, Quoting.display(text, from, to).length());
            String shown = Quoting.display(text, 0, text.length);
            kept.add(new Diagnostic(severity, source.fileName(), line, column, width, message, hint, shown));
        }
    }

    /** Something about a whole line. */
    void addLine(Severity severity, int line, String message, String hint) {
        byte[] bytes = source.line(line);
        int from = 0;
        int to = bytes.length;
        while (from < to && (bytes[from] == ' ' || bytes[from] == '\t')) {
            from++;
        }
        for (int i = from; i < to; i++) {
            if (bytes[i] == '#' && (i == from || bytes[i - 1] == ' ' || bytes[i - 1] == '\t')) {
                to = i;
            }
        }
        while (to > from && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t')) {
            to--;
        }
        add(severity, line, bytes, from, to, message, hint);
    }

    /** Something about the whole file. */
    void addFile(Severity severity, String message, String hint) {
        if (count(severity)) {
            kept.add(new Diagnostic(severity, source.fileName(), 0, 0, 1, message, hint, ""));
        }
    }

    private boolean count(Severity severity) {
        return severity == Severity.ERROR ? errors++ < MAX_KEPT : warnings++ < MAX_KEPT;
    }

    /** Those that were kept, in the order of the lines. */
    List<Diagnostic> inOrder() {
        List<Diagnostic> sorted = new ArrayList<>(kept);
        sorted.sort(Comparator.comparingInt(Diagnostic::line).thenComparingInt(Diagnostic::column));
        return List.copyOf(sorted);
    }

    /** All of it for people, with a last line that counts; empty when there is nothing to say. */
    String render() {
        if (errors + warnings == 0) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        for (Diagnostic diagnostic : inOrder()) {
            out.append(diagnostic.render()).append("\n\n");
        }
        out.append(source.fileName()).append(": ");
        if (errors > 0) {
            out.append(counted(errors, "error")).append(warnings > 0 ? ", " : "");
        }
        if (warnings > 0) {
            out.append(counted(warnings, "warning"));
        }
        int hidden = errors + warnings - kept.size();
        if (hidden > 0) {
            out.append(" (").append(hidden).append(" not shown)");
        }
        return out.append('\n').toString();
    }

    static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
