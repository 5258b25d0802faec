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
 */
public record ServerFacts(
        String version, long startedMs, long uptimeMs, int workers, String configuration, List<Listener> listeners) {
    /**
     * One listening socket, or several of the same address.
     *
     * @param address and port, for people.
     * @param backlog how many connections are in it.
     * @param limit how many it holds.
     */
    public record Listener(String address, long backlog, long limit) {}
}
