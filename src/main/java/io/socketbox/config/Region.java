package io.socketbox.config;

import io.socketbox.route.PortSets;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteTable;
import java.util.function.Consumer;

/** A set of connections: what one rule matches, or several in a row. Never empty. Immutable. */
final class Region {
    private final AddressCube local;
    private final PortRanges ports;
    private final AddressCube peer;
    private final PortRanges peerPorts;

    private Region(AddressCube local, PortRanges ports, AddressCube peer, PortRanges peerPorts) {
        this.local = local;
        this.ports = ports;
        this.peer = peer;
        this.peerPorts = peerPorts;
    }

    /** Every connection. */
    static Region all(RouteModel model) {
        PortRanges any = PortRanges.of(model.portSets(), PortSets.ANY);
        return new Region(AddressCube.ALL, any, AddressCube.ALL, any);
    }

    /** What a rule matches. */
    static Region of(RouteModel model, int rule) {
        return new Region(
                new AddressCube(
                        model.localHi(rule), model.localLo(rule), model.localMaskHi(rule), model.localMaskLo(rule)),
                PortRanges.of(model.portSets(), model.localPorts(rule)),
                new AddressCube(model.peerHi(rule), model.peerLo(rule), model.peerMaskHi(rule), model.peerMaskLo(rule)),
                PortRanges.of(model.portSets(), model.peerPorts(rule)));
    }

    /** What is in both, or null. */
    Region intersect(Region other) {
        AddressCube bothLocal = local.intersect(other.local);
        AddressCube bothPeer = peer.intersect(other.peer);
        PortRanges bothPorts = ports.intersect(other.ports);
        PortRanges bothPeerPorts = peerPorts.intersect(other.peerPorts);
        boolean empty = bothLocal == null || bothPeer == null || bothPorts.isEmpty() || bothPeerPorts.isEmpty();
        return empty ? null : new Region(bothLocal, bothPorts, bothPeer, bothPeerPorts);
    }

    /** What is not in the other, which this one intersects, in disjoint pieces. */
    void subtract(Region other, Consumer<Region> out) {
        PortRanges otherPorts = ports.subtract(other.ports);
        if (!otherPorts.isEmpty()) {
            out.accept(new Region(local, otherPorts, peer, peerPorts));
        }
        PortRanges bothPorts = ports.intersect(other.ports);
        PortRanges otherPeerPorts = peerPorts.subtract(other.peerPorts);
        if (!otherPeerPorts.isEmpty()) {
            out.accept(new Region(local, bothPorts, peer, otherPeerPorts));
        }
        PortRanges bothPeerPorts = peerPorts.intersect(other.peerPorts);
        local.subtract(other.local, piece -> out.accept(new Region(piece, bothPorts, peer, bothPeerPorts)));
        AddressCube bothLocal = local.intersect(other.local);
        peer.subtract(other.peer, piece -> out.accept(new Region(bothLocal, bothPorts, piece, bothPeerPorts)));
    }

    /** The rule that decides the region's first connection in a set. */
    int decide(RouteTable table, int set) {
        return table.decide(set, local.hi(), local.lo(), ports.lowest(), peer.hi(), peer.lo(), peerPorts.lowest());
    }

    /** The local end of the region's first connection. */
    Endpoint firstLocal() {
        return new Endpoint(local.hi(), local.lo(), ports.lowest());
    }

    /** The peer's end of the region's first connection. */
    Endpoint firstPeer() {
        return new Endpoint(peer.hi(), peer.lo(), peerPorts.lowest());
    }
}
