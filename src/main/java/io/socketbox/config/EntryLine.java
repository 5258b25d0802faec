package io.socketbox.config;

import io.socketbox.route.PortSets;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteTable;

/** What the tokens of one line have said so far; of several of a kind the last counts. */
final class EntryLine {
    private final RouteModel model;
    private final Address local = new Address();
    private final Address peer = new Address();
    private int localPorts;
    private int peerPorts;
    private int action;
    private int limit;
    private boolean isDefault;
    private boolean hasConditions;
    private boolean hasAction;

    /** An address condition. */
    private static final class Address {
        private boolean given;
        private long hi;
        private long lo;
        private long maskHi;
        private long maskLo;

        void set(ValueReader values) {
            given = true;
            hi = values.hi();
            lo = values.lo();
            maskHi = values.maskHi();
            maskLo = values.maskLo();
        }
    }

    EntryLine(RouteModel model) {
        this.model = model;
    }

    void clear() {
        local.given = false;
        peer.given = false;
        localPorts = PortSets.ANY;
        peerPorts = PortSets.ANY;
        action = RouteTable.FAIL;
        limit = RouteModel.NONE;
        isDefault = false;
        hasConditions = false;
        hasAction = false;
    }

    void startDefault() {
        isDefault = true;
    }

    boolean isDefault() {
        return isDefault;
    }

    boolean hasConditions() {
        return hasConditions;
    }

    /** There was a condition, good or not. */
    void noteCondition() {
        hasConditions = true;
    }

    void setCondition(Keyword keyword, ValueReader values) {
        switch (keyword) {
            case IP -> local.set(values);
            case RIP -> peer.set(values);
            case PORT -> localPorts = values.number();
            case RPORT -> peerPorts = values.number();
            default -> throw new IllegalArgumentException(keyword.word());
        }
    }

    boolean hasAction() {
        return hasAction;
    }

    /** There was an action, good or not. */
    void noteAction() {
        hasAction = true;
    }

    /** As in {@link RouteModel}. */
    void setAction(int newAction) {
        action = newAction;
    }

    int action() {
        return action;
    }

    /** The index of a limit. */
    void setLimit(int newLimit) {
        limit = newLimit;
    }

    /** The index of the limit or {@link RouteModel#NONE}. */
    int limit() {
        return limit;
    }

    /** Adds the entry to a set; the rule's id. */
    int addTo(int set, int line) {
        int rule = model.addRule(set, line, action);
        if (local.given) {
            model.matchLocal(rule, local.hi, local.lo, local.maskHi, local.maskLo);
        }
        if (peer.given) {
            model.matchPeer(rule, peer.hi, peer.lo, peer.maskHi, peer.maskLo);
        }
        model.matchLocalPorts(rule, localPorts);
        model.matchPeerPorts(rule, peerPorts);
        return rule;
    }
}
