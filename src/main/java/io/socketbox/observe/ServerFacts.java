package io.socketbox.observe;

import java.util.List;

/**
 * What there is to know about a server beside its statistics.
 *
 * @param version of the program.
 * @param startedMs when it began to serve, in milliseconds since 1970.
 * @param uptimeMs how long it has served, whatever the clock did meanwhile.
 * @param workers how many dispatchers there are.
 * @param configuration where its rules are from, and since when.
 * @param listeners where it accepts connections.
 * @param limits that its configuration has.
 */
public record ServerFacts(
        String version,
        long startedMs,
        long uptimeMs,
        int workers,
        Configuration configuration,
        List<Listener> listeners,
        List<Limit> limits) {
    /**
     * The rules that are followed.
     *
     * @param name where they are from, for people.
     * @param loadedMs when they were read, in milliseconds since 1970.
     * @param ageMs how long ago that was, whatever the clock did meanwhile.
     * @param reloads how often they have taken the place of others.
     * @param failures how often others were not accepted.
     */
    public record Configuration(String name, long loadedMs, long ageMs, long reloads, long failures) {}

    /**
     * One listening socket, or several of the same address.
     *
     * @param address and port, for people.
     * @param backlog how many connections are in it.
     * @param limit how many it holds.
     */
    public record Listener(String address, long backlog, long limit) {}

    /**
     * A rate limit, and what it did.
     *
     * @param name in the configuration.
     * @param isForAll whether it holds for every connection, else for those of the rules that name it.
     * @param total what all these connections share; null: no bound.
     * @param clients what each client has; null: no bound.
     * @param waiting connections that wait for it.
     * @param delayed connections that it has had wait so far.
     * @param pastRate connections that it closed, being past the rate of all.
     * @param pastClientRate connections that it closed, being past the rate of their client.
     */
    public record Limit(
            String name,
            boolean isForAll,
            Rate total,
            Clients clients,
            long waiting,
            long delayed,
            long pastRate,
            long pastClientRate) {}

    /**
     * What may pass.
     *
     * @param perSecond connections, on the average.
     * @param burst connections at once, after a while without any.
     * @param waits whether those past it wait, else they are closed.
     */
    public record Rate(double perSecond, int burst, boolean waits) {}

    /**
     * What each client may.
     *
     * @param prefix6 bits that the IPv6 addresses of one client have in common.
     * @param prefix4 the same for IPv4.
     * @param tracked how many clients there is room for.
     */
    public record Clients(Rate rate, int prefix6, int prefix4, int tracked) {}
}
