package io.socketbox.relay;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a service is to be.
 *
 * @param intake where connections come from.
 * @param targets where they go, in turn; at least one.
 * @param nat64 how the address that a client connected to changes the target, or null.
 * @param proxy what the target is told of the client.
 * @param transparent whether the target sees the client's address as that of its connection.
 * @param connectTimeoutNs how long a target may take to answer.
 * @param idleTimeoutNs how long nothing may be sent either way, or {@link io.socketbox.receive.Deadline#NEVER}.
 */
record RelaySpec(
        Intake intake,
        List<Target> targets,
        Nat64 nat64,
        ProxyVersion proxy,
        boolean transparent,
        long connectTimeoutNs,
        long idleTimeoutNs) {
    static final long DEFAULT_CONNECT_TIMEOUT_NS = 10_000_000_000L;

    /** In messages: {@code /run/skbox/web.sock to [::1]:8080, [::1]:8081}. */
    String describe() {
        return intake.display() + " to " + targets.stream().map(Target::display).collect(Collectors.joining(", "));
    }
}
