package io.socketbox.observe;

import java.util.List;

/**
 * What there is to know about a server beside its statistics.
 *
 * @param version of the program.
 * @param startedMs when it began to serve, in milliseconds since 1970.
 * @param uptimeMs how long it has served, whatever the clock did meanwhile.
 * @param workers how many dispatchers there are.
 * @param configuration where its rules are from, for people.
 * @param listeners where it accepts connections.
 * @param limits that its configuration has.
 */
public record ServerFacts(
        String version,
        long startedMs,
        long uptimeMs,
        int workers,
        String configuration,
        List<Listener> listeners,
        List<Limit> limits) {
    /**
     * One listening socket, or several of the same address.
     *
     * @param address and port, for people.
     * @param backlog how many connections are in it.
     * @param limit how many it holds.
     */
    public record Listener(String address, long backlog, long limit) {}

    /**
     * What a rate limit does.
     *
     * @param name in the configuration.
     * @param waiting connections that wait for it.
     * @param pastRate connections that it closed, being past the rate of all.
     * @param pastClientRate connections that it closed, being past the rate of their client.
     */
    public record Limit(String name, long waiting, long pastRate, long pastClientRate) {}
}
