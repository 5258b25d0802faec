package io.socketbox.route;

/**
 * How many connections may pass, as {@code limit:NAME} says it. Limits that are equal in all of this are the same one,
 * and keep what was used up when the rules change.
 *
 * @param name byte string.
 * @param total what all connections share; null: no bound.
 * @param totalWaits connections past {@code total} wait, else they are closed.
 * @param clients what each client has; null: no bound.
 */
public record RateLimit(String name, Rate total, boolean totalWaits, Clients clients) {
    /**
     * A token bucket.
     *
     * @param intervalNs between two tokens; at least 1.
     * @param burst how many tokens are saved up at most; at least 1.
     */
    public record Rate(long intervalNs, int burst) {
        /** The greatest burst: with {@link #MAX_INTERVAL_NS} still far from what a long of nanoseconds can hold. */
        public static final int MAX_BURST = 1_000_000;

        /** One token an hour. */
        public static final long MAX_INTERVAL_NS = 3_600_000_000_000L;

        /** Rejects what could never let a connection pass, or could overflow. */
        public Rate {
            if (intervalNs < 1 || intervalNs > MAX_INTERVAL_NS || burst < 1 || burst > MAX_BURST) {
                throw new IllegalArgumentException(burst + " tokens, one every " + intervalNs + " ns");
            }
        }
    }

    /**
     * What each client has, and who is one client.
     *
     * @param rate of each.
     * @param waits connections past it wait (at most {@code burst} of one client), else they are closed.
     * @param prefix6 clients that have so many first bits of their IPv6 address in common are one.
     * @param prefix4 the same for IPv4, 1 to 32.
     * @param tracked how many clients there is room for.
     */
    public record Clients(Rate rate, boolean waits, int prefix6, int prefix4, int tracked) {}
}
