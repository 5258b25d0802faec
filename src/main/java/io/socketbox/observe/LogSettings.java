package io.socketbox.observe;

/**
 * How a log writes.
 *
 * @param format of lines.
 * @param level events that matter less are left out.
 * @param journal whether lines start with {@code <N>}, as journald reads priorities from standard error, sd-daemon(3).
 */
public record LogSettings(LogFormat format, Severity level, boolean journal) {
    /** Text, all but debug. */
    public static final LogSettings DEFAULT = new LogSettings(LogFormat.TEXT, Severity.INFO, false);
}
