package io.socketbox.config;

import io.socketbox.config.Diagnostic.Severity;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteModel.SetKind;
import io.socketbox.route.RouteTable;
import java.util.ArrayDeque;

/**
 * Finds entries that can never match. Asks the compiled table about one connection that an entry matches: if the entry
 * itself decides it, it is alive, which settles nearly all of them by one lookup. Else what the deciding entry matches is
 * cut off, and each piece that is left is asked about, until the entry answers (alive) or nothing is left (dead, also
 * when only several others together cover it). Entries that take too many pieces are given the benefit of the doubt, and
 * so are the last ones where lookups are slow.
 */
final class DeadEntries {
    private static final int MAX_PIECES_PER_ENTRY = 2_000;
    private static final int MAX_PIECES = 500_000;

    /** Bounds the time for sets whose lookups are linear: candidates tried, if each lookup tried the longest list. */
    private static final long MAX_CANDIDATES = 500_000_000;

    private final RouteModel model;
    private final RouteTable table;
    private final Diagnostics diagnostics;
    private int piecesLeft = MAX_PIECES;
    private long asksLeft;

    private final ArrayDeque<Region> pieces = new ArrayDeque<>();
    private int blocker;
    private boolean severalBlockers;

    DeadEntries(RouteModel model, RouteTable table, Diagnostics diagnostics) {
        this.model = model;
        this.table = table;
        this.diagnostics = diagnostics;
        this.asksLeft = MAX_CANDIDATES / Math.max(1, table.longestList());
    }

    void report() {
        for (int rule = 0; rule < model.ruleCount() && asksLeft > 0; rule++) {
            if (!model.isDefault(rule) && !answersItsFirst(rule) && isDead(rule)) {
                report(rule);
            }
        }
    }

    private boolean answersItsFirst(int rule) {
        asksLeft--;
        int port = model.portSets().first(model.localPorts(rule), 0);
        int peerPort = model.portSets().first(model.peerPorts(rule), 0);
        int set = model.setOf(rule);
        return rule
                == table.decide(
                        set,
                        model.localHi(rule),
                        model.localLo(rule),
                        port,
                        model.peerHi(rule),
                        model.peerLo(rule),
                        peerPort);
    }

    private boolean isDead(int rule) {
        blocker = RouteTable.NO_RULE;
        severalBlockers = false;
        pieces.clear();
        pieces.add(Region.of(model, rule));
        int limit = Math.min(MAX_PIECES_PER_ENTRY, piecesLeft);
        for (int asked = 0; !pieces.isEmpty(); asked++) {
            Region piece = pieces.remove();
            asksLeft--;
            int decided = piece.decide(table, model.setOf(rule));
            if (decided == rule) {
                return false;
            }
            severalBlockers |= blocker != RouteTable.NO_RULE && blocker != decided;
            blocker = decided;
            int before = pieces.size();
            piece.subtract(Region.of(model, decided), pieces::add);
            piecesLeft -= pieces.size() - before;
            if (!pieces.isEmpty() && pieces.size() + asked > limit) {
                return false;
            }
        }
        return true;
    }

    private void report(int rule) {
        SetKind kind = model.kindOf(model.setOf(rule));
        int line = model.lineOf(blocker);
        String message;
        String hint;
        if (kind == SetKind.MAP) {
            message = "this key is in the map already: line " + line + " answers, this entry never does";
            hint = "remove one of the two, or compare more with match-*";
        } else if (kind == SetKind.PREFIXES && !severalBlockers && samePrefix(rule, blocker)) {
            message = "this prefix is in the set already: line " + line + " answers, this entry never does";
            hint = "remove one of the two";
        } else if (kind == SetKind.PREFIXES) {
            message = "this entry can never match: longer prefixes cover all of it, among them line " + line;
            hint = "remove it";
        } else if (severalBlockers) {
            message = "this entry can never match: earlier ones together cover all of it, among them line " + line;
            hint = "move it before them, or remove it";
        } else {
            message = "this entry can never match: line " + line + " comes first and matches all that it does";
            hint = "move it before line " + line + ", or remove it";
        }
        diagnostics.addLine(Severity.WARNING, model.lineOf(rule), message, hint);
    }

    private boolean samePrefix(int rule, int other) {
        return model.localMaskHi(rule) == model.localMaskHi(other)
                && model.localMaskLo(rule) == model.localMaskLo(other);
    }
}
