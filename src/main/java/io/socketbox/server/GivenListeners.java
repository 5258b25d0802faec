package io.socketbox.server;

import io.socketbox.linux.Endpoint;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.ServiceManager;
import io.socketbox.server.takeover.Inheritance;
import java.util.List;

/** The listening sockets that were there before this start, and which of them the options ask for. */
final class GivenListeners {
    private final Inheritance inheritance;

    GivenListeners(Inheritance inheritance) {
        this.inheritance = inheritance;
    }

    /** Whether they come from a server that is still at work. */
    boolean isTakeover() {
        return inheritance.isTakeover();
    }

    boolean isEmpty() {
        return inheritance.find(Inheritance.LISTENER).isEmpty();
    }

    /** Takes all that are left, in order. */
    List<Inheritance.Item> takeAll() {
        List<Inheritance.Item> all = inheritance.find(Inheritance.LISTENER);
        all.forEach(inheritance::take);
        return all;
    }

    /**
     * Takes those of one address and port: several, where they share the port (SO_REUSEPORT).
     *
     * @param port 0 for any, of which the first decides.
     * @return none when there is no such.
     */
    List<Inheritance.Item> take(ListenAddress.Resolved where, int port) {
        List<Inheritance.Item> there = inheritance.find(Inheritance.LISTENER).stream()
                .filter(item -> isAt(Sockets.localAddress(item.fd()), where))
                .toList();
        if (there.isEmpty()) {
            return there;
        }
        int wanted =
                port != 0 ? port : Sockets.localAddress(there.getFirst().fd()).port();
        List<Inheritance.Item> taken = there.stream()
                .filter(item -> Sockets.localAddress(item.fd()).port() == wanted)
                .toList();
        taken.forEach(inheritance::take);
        return taken;
    }

    private static boolean isAt(Endpoint bound, ListenAddress.Resolved where) {
        return bound.hi() == where.hi() && bound.lo() == where.lo() && bound.scopeId() == where.scopeId();
    }

    /** Says what was given and not asked for, and has the service manager keep none of it that came from here. */
    void reportRest(EventLog log, ServiceManager manager) {
        for (Inheritance.Item item : inheritance.find(Inheritance.LISTENER)) {
            String address = Sockets.localAddress(item.fd()).toString();
            log.write(
                    Severity.WARNING,
                    inheritance.isTakeover()
                            ? address + " is left to the old server to drain and close: neither -l nor -p asks for it"
                            : address + " was given by the service manager as '" + item.name()
                                    + "', and is not used: neither -l nor -p asks for it");
            if (item.name().startsWith(StoredListeners.PREFIX)) {
                manager.forget(item.name());
            }
        }
        for (Inheritance.Item item : inheritance.find(Inheritance.UNKNOWN)) {
            log.write(
                    Severity.WARNING,
                    "descriptor " + item.fd() + " was given by the service manager as '" + item.name()
                            + "', and is not used: it is no stream socket of AF_INET6 or AF_INET");
        }
    }
}
