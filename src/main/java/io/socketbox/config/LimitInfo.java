package io.socketbox.config;

import io.socketbox.route.RateLimit;

/** What the parser remembers of a limit until the end of the file. */
final class LimitInfo {
    private static final int DEFAULT_PREFIX6 = 64;
    private static final int DEFAULT_PREFIX4 = 32;
    private static final int DEFAULT_TRACKED = 65_536;
    private static final long SECOND_NS = 1_000_000_000L;

    /** A rate with what belongs to it: that of all connections together, or that of each client. */
    static final class Part {
        /** As written; null: none. */
        String rate;
        /** Between two tokens. */
        long intervalNs;
        /** 0: not given. */
        int burst;
        /** null: not given. */
        Boolean waits;

        boolean isIncomplete() {
            return rate == null && (burst > 0 || waits != null);
        }

        /** Without a burst, what comes together in a second, and one at least. */
        private RateLimit.Rate value() {
            return new RateLimit.Rate(intervalNs, or(burst, (int) Math.max(1, SECOND_NS / intervalNs)));
        }

        private void describe(StringBuilder out, boolean wait, String who) {
            out.append(rate).append(who).append(", burst ").append(value().burst());
            out.append(wait ? ", the rest waits" : ", the rest is closed");
        }
    }

    final Part total = new Part();
    final Part client = new Part();

    /** Bits of a client's address, and the number of clients; 0: not given. */
    int prefix6;

    int prefix4;
    int tracked;

    /** Where it is defined, from 1; 0 when it is not. */
    int line;

    /** Where it is named first: line (0: nowhere), and bytes of the name. */
    int useLine;

    int useFrom;
    int useTo;

    /** How many rules and defaults name it. */
    int rules;

    private final String name;

    /** @param name byte string. */
    LimitInfo(String name) {
        this.name = name;
    }

    /** As people write it. */
    String describe() {
        return Keyword.LIMIT.word() + ":" + Quoting.display(name);
    }

    /** Something is said of clients, and not how many connections each may have. */
    boolean clientIsIncomplete() {
        return client.isIncomplete() || (client.rate == null && (prefix6 > 0 || prefix4 > 0 || tracked > 0));
    }

    /** How many clients are tracked. */
    int trackedClients() {
        return client.rate == null ? 0 : or(tracked, DEFAULT_TRACKED);
    }

    /** What was said, and the defaults for the rest. */
    RateLimit limit() {
        RateLimit.Clients clients = client.rate == null
                ? null
                : new RateLimit.Clients(
                        client.value(),
                        client.waits != null && client.waits,
                        or(prefix6, DEFAULT_PREFIX6),
                        or(prefix4, DEFAULT_PREFIX4),
                        trackedClients());
        return new RateLimit(
                name, total.rate == null ? null : total.value(), total.waits == null || total.waits, clients);
    }

    private static int or(int given, int otherwise) {
        return given == 0 ? otherwise : given;
    }

    /** All of it with the defaults in place, for people. */
    String details() {
        RateLimit limit = limit();
        StringBuilder out = new StringBuilder();
        if (limit.total() != null) {
            total.describe(out, limit.totalWaits(), "");
        }
        RateLimit.Clients clients = limit.clients();
        if (clients != null) {
            String who = " a client (IPv6 /" + clients.prefix6() + ", IPv4 /" + clients.prefix4() + ")";
            out.append(out.isEmpty() ? "" : "; ");
            client.describe(out, clients.waits(), who);
            out.append(", ").append(clients.tracked()).append(" clients");
        }
        return out.toString();
    }
}
