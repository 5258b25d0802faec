package io.socketbox.dispatch;

import io.socketbox.handoff.HandoffLimits;
import io.socketbox.linux.Descriptors;
import io.socketbox.route.Routes;

/**
 * Shares out the descriptors that are not in use: a reserve for the program itself, as for its archives of classes and
 * for who asks at its control socket, then half at most for destination sockets, and the rest for connections that wait.
 *
 * @param used             how many are in use when an engine is made.
 * @param workers          how many dispatchers share the rest.
 * @param queueLimit       connections that may wait for one destination, at all workers together.
 * @param handoffTimeoutNs how long they may wait.
 */
record DescriptorShares(int used, int workers, int queueLimit, long handoffTimeoutNs) {
    private static final int MAX_OPEN_SOCKETS = 16_384;
    private static final int MAX_ABSENT_PATHS = 256;
    private static final int MAX_RECEIVERS = 1024;

    /** How many are in use now. */
    static int countUsed() {
        // The number that a new descriptor gets tells it, also where there is no /proc.
        int used = Descriptors.eventFd();
        Descriptors.close(used);
        return used;
    }

    /** What each dispatcher may hold while it follows some routes. */
    HandoffLimits limits(Routes routes) {
        int descriptorLimit =
                (int) Math.min(Integer.MAX_VALUE, Descriptors.limit().soft());
        int reserve = Math.clamp(descriptorLimit / 8, 10, 64) + 2 * workers;
        if (!routes.registers().isEmpty()) {
            reserve += receivers() * (workers + 1);
        }
        int each = Math.max(2, (descriptorLimit - used - reserve) / workers);
        int wanted = Math.max(1, DestinationTable.wantedSockets(routes.destinations()));
        int sockets = Math.clamp(each / 2, 1, Math.min(wanted, MAX_OPEN_SOCKETS));
        int budget = each - sockets;
        int queue = (queueLimit + workers - 1) / workers;
        return new HandoffLimits(queue, handoffTimeoutNs, budget, Math.clamp(budget / 8, 1, MAX_ABSENT_PATHS), sockets);
    }

    /** How many receivers may register: their connections take an eighth of all descriptors at most. */
    int receivers() {
        return Math.clamp(Descriptors.limit().soft() / 8 / (workers + 1), 1, MAX_RECEIVERS);
    }
}
