package io.socketbox.config;

import io.socketbox.route.RouteModel;
import java.util.Arrays;

/** Which rules jump from which set, and which sets can be reached at all or can lead into a loop. */
final class JumpGraph {
    private final RouteModel model;
    /** The jumps from set {@code s} are {@code jumps[starts[s]]} to {@code jumps[starts[s + 1]]}, as rule ids. */
    private final int[] starts;

    private final int[] jumps;

    JumpGraph(RouteModel model) {
        this.model = model;
        starts = new int[model.setCount() + 1];
        for (int rule = 0; rule < model.ruleCount(); rule++) {
            if (isJump(rule)) {
                starts[model.setOf(rule) + 1]++;
            }
        }
        for (int set = 1; set < starts.length; set++) {
            starts[set] += starts[set - 1];
        }
        jumps = new int[starts[model.setCount()]];
        int[] next = Arrays.copyOf(starts, starts.length);
        for (int rule = 0; rule < model.ruleCount(); rule++) {
            if (isJump(rule)) {
                jumps[next[model.setOf(rule)]++] = rule;
            }
        }
    }

    /** A default that a later one replaced jumps nowhere. */
    private boolean isJump(int rule) {
        return RouteModel.isJump(model.actionOf(rule))
                && (!model.isDefault(rule) || model.defaultOf(model.setOf(rule)) == rule);
    }

    /** The number of rules of a set that jump. */
    int count(int set) {
        return starts[set + 1] - starts[set];
    }

    /** The rule id of one of them; in order, but the default need not be the last. */
    int jump(int set, int index) {
        return jumps[starts[set] + index];
    }

    int target(int rule) {
        return RouteModel.targetOf(model.actionOf(rule));
    }

    /** Which sets some chain of jumps leads to from the first. */
    boolean[] reachable() {
        boolean[] reached = new boolean[model.setCount()];
        if (model.firstSet() == RouteModel.NONE) {
            return reached;
        }
        int[] waiting = new int[model.setCount()];
        int size = 0;
        waiting[size++] = model.firstSet();
        reached[model.firstSet()] = true;
        while (size > 0) {
            int set = waiting[--size];
            for (int i = 0; i < count(set); i++) {
                int target = target(jump(set, i));
                if (!reached[target]) {
                    reached[target] = true;
                    waiting[size++] = target;
                }
            }
        }
        return reached;
    }

    /** Which sets some chain of jumps leads from into a circle: the others are peeled off from the ends. */
    boolean[] leadIntoCircles() {
        int sets = model.setCount();
        int[] sourceStarts = new int[sets + 1];
        for (int rule : jumps) {
            sourceStarts[target(rule) + 1]++;
        }
        for (int set = 1; set <= sets; set++) {
            sourceStarts[set] += sourceStarts[set - 1];
        }
        int[] sources = new int[jumps.length];
        int[] next = Arrays.copyOf(sourceStarts, sourceStarts.length);
        for (int rule : jumps) {
            sources[next[target(rule)]++] = model.setOf(rule);
        }
        int[] left = new int[sets];
        int[] ended = new int[sets];
        int size = 0;
        boolean[] circular = new boolean[sets];
        for (int set = 0; set < sets; set++) {
            left[set] = count(set);
            circular[set] = left[set] > 0;
            if (!circular[set]) {
                ended[size++] = set;
            }
        }
        while (size > 0) {
            int set = ended[--size];
            for (int i = sourceStarts[set]; i < sourceStarts[set + 1]; i++) {
                if (--left[sources[i]] == 0) {
                    circular[sources[i]] = false;
                    ended[size++] = sources[i];
                }
            }
        }
        return circular;
    }
}
