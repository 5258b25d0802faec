package io.socketbox.relay;

import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;

/** Takes connections from services and looks at who they are. For the agent's thread. */
final class Intaker {
    private final StreamCheck check;

    Intaker(StreamCheck check) {
        this.check = check;
    }

    /**
     * A connection that was received.
     *
     * @param fd its descriptor; whoever holds this object owns it.
     */
    record Taken(int fd, Client client) {}

    /** The next connection of a service that can be relayed, or null when there is none for now. */
    Taken take(Service service, Loop loop, long nowNs) {
        while (true) {
            int fd = next(service, loop, nowNs);
            if (fd < 0) {
                return null;
            }
            Client client = client(fd, loop.hot());
            String fault = client == null ? "a client went away before it was served" : refusal(service.spec(), client);
            if (fault == null) {
                return new Taken(fd, client);
            }
            loop.log().offer(service.name() + ": " + fault + "; closed");
            Sockets.setLinger(fd, 0);
            loop.hot().close(fd);
        }
    }

    private int next(Service service, Loop loop, long nowNs) {
        try {
            return service.isResting() ? Source.NONE : service.source().take(loop, check, nowNs);
        } catch (LinuxException e) {
            service.lacks(e.getMessage(), nowNs);
            return Source.NONE;
        }
    }

    /** Null when it is an internet connection whose client is gone. */
    private static Client client(int fd, HotCalls hot) {
        if (hot.getsockname(fd) != 0 || !isInternet(hot.localFamily())) {
            return Client.LOCAL;
        }
        if (hot.getpeername(fd) != 0) {
            return null;
        }
        return new Client(
                true, hot.peerHi(), hot.peerLo(), hot.peerPort(), hot.localHi(), hot.localLo(), hot.localPort());
    }

    private static boolean isInternet(int family) {
        return family == Sockets.AF_INET || family == Sockets.AF_INET6;
    }

    /** Why this service cannot relay it, or null. */
    private static String refusal(RelaySpec spec, Client client) {
        if (spec.nat64() != null && !(client.isInternet() && spec.nat64().covers(client.localHi(), client.localLo()))) {
            return client.display() + " is outside of " + spec.nat64().display();
        }
        if (spec.transparent() && !client.isInternet()) {
            return "a local client has no address for --transparent";
        }
        return null;
    }

    /** Begins to relay; null when the socket cannot be used, which is said. */
    Relay relay(int id, long clientTag, long targetTag, Service service, Taken taken, Loop loop, long nowNs) {
        try {
            return new Relay(id, clientTag, targetTag, service, taken.client(), taken.fd(), loop, nowNs);
        } catch (LinuxException e) {
            loop.log().offer(service.name() + ": " + taken.client().display() + ": " + e.getMessage() + "; closed");
            loop.hot().close(taken.fd());
            return null;
        }
    }
}
