package io.socketbox.program;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.FileStatus;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.LogFormat;
import io.socketbox.observe.LogSettings;
import io.socketbox.observe.Severity;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The options {@code --log-format} and {@code --log-level}, which all programs have. */
public final class LogOptions {
    /** What {@code --log-format} means. */
    public static final String FORMAT =
            "How log lines look: text (default), logfmt or json. Under systemd they carry their priority.";

    /** What {@code --log-level} means. */
    public static final String LEVEL =
            "Leave out of the log what matters less than this: error, warning, notice, info (default) or debug.";

    private static final int STANDARD_ERROR = 2;

    private LogFormat format = LogFormat.TEXT;
    private Severity level = Severity.INFO;

    /** Nothing given yet: text, all but debug. */
    public LogOptions() {}

    /** {@code --log-format} was given. */
    public void format(CommandOption option, String value) throws UsageException {
        format = oneOf(option, value, LogFormat.values());
    }

    /** {@code --log-level} was given. */
    public void level(CommandOption option, String value) throws UsageException {
        level = oneOf(option, value, Severity.values());
    }

    /** The settings for a log on standard error. */
    public LogSettings settings() {
        return new LogSettings(format, level, isJournal(System.getenv("JOURNAL_STREAM"), STANDARD_ERROR));
    }

    /**
     * Whether a descriptor leads to journald.
     *
     * @param stream the value of {@code JOURNAL_STREAM}, {@code DEVICE:INODE}, see systemd.exec(5); or null.
     */
    static boolean isJournal(String stream, int fd) {
        if (stream == null) {
            return false;
        }
        try {
            FileStatus status = FileCalls.fstat(fd);
            return stream.equals(Long.toUnsignedString(status.device()) + ":" + Long.toUnsignedString(status.inode()));
        } catch (LinuxException closed) {
            return false;
        }
    }

    private static <T extends Enum<T>> T oneOf(CommandOption option, String value, T[] choices) throws UsageException {
        for (T choice : choices) {
            if (label(choice).equals(value)) {
                return choice;
            }
        }
        String labels = Arrays.stream(choices).map(LogOptions::label).collect(Collectors.joining(", "));
        throw new UsageException(option.shown() + " " + ByteStrings.display(value) + ": choose one of " + labels);
    }

    private static String label(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }
}
