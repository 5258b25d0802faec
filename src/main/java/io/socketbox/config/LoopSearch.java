package io.socketbox.config;

import io.socketbox.config.Diagnostic.Severity;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteTable;
import java.util.ArrayDeque;

/**
 * Looks for connections that go in circles between sets, and shows one for each circle. Follows chains of jumps from the
 * first set as long as some connection could take all of them, until a chain comes back to one of its sets; then asks the
 * compiled table whether a connection really does, and cuts off what other rules catch on the way. Only found
 * connections are reported; the search gives up after a bounded number of steps.
 */
final class LoopSearch {
    private static final int MAX_STEPS = 20_000;
    private static final int MAX_PIECES = 500;

    private final RouteModel model;
    private final RouteTable table;
    private final SetNames sets;
    private final Diagnostics diagnostics;
    private final JumpGraph graph;
    private final boolean[] circular;
    private int stepsLeft = MAX_STEPS;

    /** The chain: sets, the rules that jump from them, and whether a set is in it or in a reported circle. */
    private final int[] chain = new int[RouteTable.MAX_SETS];

    private final int[] taken = new int[RouteTable.MAX_SETS];
    private final boolean[] inChain;
    private final boolean[] reported;

    LoopSearch(RouteModel model, RouteTable table, SetNames sets, Diagnostics diagnostics, JumpGraph graph) {
        this.model = model;
        this.table = table;
        this.sets = sets;
        this.diagnostics = diagnostics;
        this.graph = graph;
        this.circular = graph.leadIntoCircles();
        this.inChain = new boolean[model.setCount()];
        this.reported = new boolean[model.setCount()];
    }

    void report() {
        if (model.firstSet() != RouteModel.NONE && circular[model.firstSet()]) {
            follow(model.firstSet(), 0, Region.all(model));
        }
    }

    private void follow(int set, int depth, Region region) {
        if (depth == RouteTable.MAX_SETS) {
            return;
        }
        chain[depth] = set;
        inChain[set] = true;
        for (int i = 0; i < graph.count(set) && stepsLeft > 0; i++) {
            int rule = graph.jump(set, i);
            int target = graph.target(rule);
            if (!circular[target] || reported[target]) {
                continue;
            }
            stepsLeft--;
            Region next = region.intersect(Region.of(model, rule));
            if (next != null) {
                taken[depth] = rule;
                if (inChain[target]) {
                    close(target, depth, next);
                } else {
                    follow(target, depth + 1, next);
                }
            }
        }
        inChain[set] = false;
    }

    /** The chain came back to one of its sets: is there a connection of the region that goes all the way? */
    private void close(int target, int depth, Region region) {
        ArrayDeque<Region> pieces = new ArrayDeque<>();
        pieces.add(region);
        for (int asked = 0; !pieces.isEmpty() && asked < MAX_PIECES && stepsLeft > 0; asked++, stepsLeft--) {
            Region piece = pieces.remove();
            int catcher = firstCatcher(depth, piece);
            if (catcher == RouteTable.NO_RULE) {
                tell(target, depth, piece);
                return;
            }
            if (pieces.size() < MAX_PIECES) {
                piece.subtract(Region.of(model, catcher), pieces::add);
            }
        }
    }

    /** The rule that takes the region's first connection off the chain, or none. */
    private int firstCatcher(int depth, Region region) {
        for (int i = 0; i <= depth; i++) {
            int decided = region.decide(table, chain[i]);
            if (decided != taken[i]) {
                return decided;
            }
        }
        return RouteTable.NO_RULE;
    }

    private void tell(int target, int depth, Region region) {
        int start = depth;
        while (chain[start] != target) {
            start--;
        }
        StringBuilder circle = new StringBuilder();
        for (int i = start; i <= depth; i++) {
            circle.append(sets.describe(chain[i]))
                    .append(" (line ")
                    .append(model.lineOf(taken[i]))
                    .append(") -> ");
            reported[chain[i]] = true;
        }
        circle.append(sets.describe(target));
        diagnostics.addLine(
                Severity.WARNING,
                model.lineOf(taken[depth]),
                "this jump closes a loop: " + circle,
                "a connection to " + region.firstLocal() + " from " + region.firstPeer()
                        + " goes round until it is closed, after " + RouteTable.MAX_SETS + " sets");
    }
}
