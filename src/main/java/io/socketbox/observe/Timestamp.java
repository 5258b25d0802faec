package io.socketbox.observe;

/**
 * Moments as RFC 3339 writes them, in UTC: {@code 2026-11-24T21:34:21.042Z}.
 *
 * <p>java.time would load its locale and time zone data at the first use, which may be after chroot(2).
 */
final class Timestamp {
    private static final long DAY_MS = 86_400_000L;
    private static final int DAYS_PER_ERA = 146_097;
    /** From 0000-03-01, where an era of 400 years begins with the year's last leap day behind it, to 1970-01-01. */
    private static final int EPOCH_DAYS = 719_468;

    private Timestamp() {}

    /** Appends a moment of the years 1970 to 9999; {@code timeMs} counts from 1970. */
    static void append(StringBuilder out, long timeMs) {
        long days = timeMs / DAY_MS + EPOCH_DAYS;
        long era = days / DAYS_PER_ERA;
        int dayOfEra = (int) (days % DAYS_PER_ERA);
        int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * dayOfYear + 2) / 153;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        number(out, (int) (era * 400) + yearOfEra + (month <= 2 ? 1 : 0), 4);
        number(out.append('-'), month, 2);
        number(out.append('-'), dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, 2);
        int ms = (int) (timeMs % DAY_MS);
        number(out.append('T'), ms / 3_600_000, 2);
        number(out.append(':'), ms / 60_000 % 60, 2);
        number(out.append(':'), ms / 1_000 % 60, 2);
        number(out.append('.'), ms % 1_000, 3);
        out.append('Z');
    }

    private static void number(StringBuilder out, int value, int width) {
        for (int scale = (int) Math.pow(10, width - 1); scale > 0; scale /= 10) {
            out.append((char) ('0' + value / scale % 10));
        }
    }
}
