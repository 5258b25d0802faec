package io.socketbox.config;

/**
 * One thing to say about a configuration.
 *
 * @param severity errors keep a configuration from being used.
 * @param file the name as the user gave it.
 * @param line from 1; 0 when it is about the whole file.
 * @param column in characters, from 1; 0 when it is about the whole line.
 * @param width characters to underline, at least 1.
 * @param message what is wrong, one line.
 * @param hint how to mend it, one line; empty when there is nothing to add.
 * @param source the text of the line, for people; empty when it is about the whole file.
 */
public record Diagnostic(
        Severity severity, String file, int line, int column, int width, String message, String hint, String source) {

    /** How bad it is. */
    public enum Severity {
        /** Keeps the configuration from being used. */
        ERROR,
        /** Probably not what was meant; an error under {@code --strict}. */
        WARNING
    }

    /** The text for people, several lines, without a final line end. */
    public String render() {
        return file + ":" + line + ":" + column + ": " + severity + ": " + message;
    }
}
