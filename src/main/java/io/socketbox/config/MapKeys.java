package io.socketbox.config;

import io.socketbox.config.Diagnostic.Severity;
import io.socketbox.route.PortSets;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteModel.SetKind;

/**
 * Turns the entries of maps into rules once all {@code match-*} are known: what the map compares becomes a condition,
 * what an entry does not say counts as zero, and what the map does not compare is dropped.
 */
final class MapKeys {
    private final RouteModel model;
    private final SetNames sets;
    private final Diagnostics diagnostics;
    private final int portZero;

    MapKeys(RouteModel model, SetNames sets, Diagnostics diagnostics) {
        this.model = model;
        this.sets = sets;
        this.diagnostics = diagnostics;
        this.portZero = model.portSets().intern(new int[] {PortSets.interval(0, 0)}, 1);
    }

    void finish() {
        for (int set = 0; set < sets.count(); set++) {
            SetInfo info = sets.info(set);
            if (model.kindOf(set) == SetKind.MAP && info.entries > 0 && !info.comparesSomething()) {
                diagnostics.addLine(
                        Severity.ERROR,
                        info.line,
                        sets.describe(set) + " has entries, but nothing says what they are compared with",
                        "add match-lip:LEN, match-rip:LEN, match-lport or match-rport to the map");
            }
        }
        for (int rule = 0; rule < model.ruleCount(); rule++) {
            if (!model.isDefault(rule) && model.kindOf(model.setOf(rule)) == SetKind.MAP) {
                finish(rule, sets.info(model.setOf(rule)));
            }
        }
    }

    private void finish(int rule, SetInfo info) {
        boolean hasLocal = model.localMaskHi(rule) != 0;
        boolean hasPeer = model.peerMaskHi(rule) != 0;
        boolean hasLocalPort = model.localPorts(rule) != PortSets.ANY;
        boolean hasPeerPort = model.peerPorts(rule) != PortSets.ANY;
        boolean compareLocal = info.matchLocal != SetInfo.NOT_COMPARED;
        boolean comparePeer = info.matchPeer != SetInfo.NOT_COMPARED;
        if (info.comparesSomething()) {
            tell(rule, hasLocal, compareLocal, Keyword.IP, Keyword.MATCH_LIP, "::");
            tell(rule, hasPeer, comparePeer, Keyword.RIP, Keyword.MATCH_RIP, "::");
            tell(rule, hasLocalPort, info.matchLocalPort, Keyword.PORT, Keyword.MATCH_LPORT, "0");
            tell(rule, hasPeerPort, info.matchPeerPort, Keyword.RPORT, Keyword.MATCH_RPORT, "0");
        }
        int local = compareLocal ? info.matchLocal : 0;
        model.matchLocal(rule, model.localHi(rule), model.localLo(rule), maskHi(local), maskLo(local));
        int peer = comparePeer ? info.matchPeer : 0;
        if (hasPeer || peer > 0) {
            model.matchPeer(rule, model.peerHi(rule), model.peerLo(rule), maskHi(peer), maskLo(peer));
        }
        model.matchLocalPorts(rule, key(info.matchLocalPort, hasLocalPort, model.localPorts(rule)));
        model.matchPeerPorts(rule, key(info.matchPeerPort, hasPeerPort, model.peerPorts(rule)));
    }

    private int key(boolean compared, boolean given, int ports) {
        return !compared ? PortSets.ANY : given ? ports : portZero;
    }

    private void tell(int rule, boolean given, boolean compared, Keyword token, Keyword comparison, String zero) {
        if (given && !compared) {
            diagnostics.addLine(
                    Severity.WARNING,
                    model.lineOf(rule),
                    "the map does not compare " + token.word() + ", so it has no effect here",
                    "add " + comparison.usage() + " to the map, or remove " + token.word() + " from the entry");
        } else if (!given && compared) {
            diagnostics.addLine(
                    Severity.WARNING,
                    model.lineOf(rule),
                    "the map compares " + token.word() + ", and this entry has none: it counts as " + zero,
                    "add " + token.usage().replace("[/LEN]", "") + " to the entry");
        }
    }

    private static long maskHi(int length) {
        return length >= 64 ? -1 : length == 0 ? 0 : -1L << (64 - length);
    }

    private static long maskLo(int length) {
        return length <= 64 ? 0 : -1L << (128 - length);
    }
}
