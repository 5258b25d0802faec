package io.socketbox.handoff;

/**
 * What one dispatcher may hold.
 *
 * @param queue       connections that may wait for one destination.
 * @param timeoutNs   how long a connection may wait.
 * @param budget      connections that may wait for all destinations together (descriptors).
 * @param absentPaths of these, how many may wait for absent paths made by {@code -U}.
 * @param openSockets destination sockets that may be open at once; at least 1.
 */
public record HandoffLimits(int queue, long timeoutNs, int budget, int absentPaths, int openSockets) {
    /** Rejects limits that could not hold a single connection. */
    public HandoffLimits {
        if (queue < 0 || timeoutNs < 0 || budget < 1 || absentPaths < 0 || openSockets < 1) {
            throw new IllegalArgumentException("hand-off limits out of range: queue " + queue + ", timeout " + timeoutNs
                    + " ns, budget " + budget + ", absent paths " + absentPaths + ", open sockets " + openSockets);
        }
    }
}
