package io.socketbox.route;

import static io.socketbox.route.TableLayout.NONE;
import static io.socketbox.route.TableLayout.SET_DEFAULT;
import static io.socketbox.route.TableLayout.SET_ROOT;
import static io.socketbox.route.TableLayout.SET_SIZE;

import java.util.Arrays;

/** Turns the rules of a {@link RouteModel} into a {@link RouteTable}. */
public final class RouteCompiler {
    private RouteCompiler() {}

    /**
     * Compiles; the model is only read.
     *
     * @throws TableTooLargeException when the table would not fit a buffer.
     */
    public static RouteTable compile(RouteModel model) {
        try (OffHeap memory = new OffHeap()) {
            return compile(model, memory);
        }
    }

    private static RouteTable compile(RouteModel model, OffHeap memory) {
        TableWriter out = new TableWriter(memory);
        IndexWriter indexes = new IndexWriter(model, out, memory);
        int sets = out.allocate(model.setCount() * SET_SIZE, SET_SIZE);
        int[] setStarts = new int[model.setCount() + 1];
        IntColumn idsBySet = groupBySet(model, setStarts, memory);
        for (int set = 0; set < model.setCount(); set++) {
            boolean longestPrefixWins = model.kindOf(set) == RouteModel.SetKind.PREFIXES;
            int root = indexes.writeSet(idsBySet, setStarts[set], setStarts[set + 1], longestPrefixWins);
            int at = sets + set * SET_SIZE;
            out.putInt(at + SET_ROOT, root);
            out.putInt(at + SET_DEFAULT, model.defaultOf(set));
        }
        int actions = out.allocate(Math.multiplyExact(4, model.ruleCount()), 4);
        int lines = out.allocate(Math.multiplyExact(4, model.ruleCount()), 4);
        for (int rule = 0; rule < model.ruleCount(); rule++) {
            out.putInt(actions + 4 * rule, resolve(model, model.actionOf(rule)));
            out.putInt(lines + 4 * rule, model.lineOf(rule));
        }
        int limits = model.hasLimits() ? out.allocate(Math.multiplyExact(4, model.ruleCount()), 4) : NONE;
        for (int rule = 0; rule < model.ruleCount() && limits != NONE; rule++) {
            out.putInt(limits + 4 * rule, model.limitOf(rule));
        }
        ListWriter lists = indexes.lists();
        return new RouteTable(
                out,
                new RouteTable.Places(sets, model.firstSet(), actions, lines, limits, model.ruleCount()),
                lists.longest(),
                lists.longestRule());
    }

    private static int resolve(RouteModel model, int action) {
        return RouteModel.isJump(action) && !model.isDefined(RouteModel.targetOf(action))
                ? TableLayout.ACTION_MISSING_SET
                : action;
    }

    private static IntColumn groupBySet(RouteModel model, int[] starts, OffHeap memory) {
        for (int rule = 0; rule < model.ruleCount(); rule++) {
            if (!model.isDefault(rule)) {
                starts[model.setOf(rule) + 1]++;
            }
        }
        for (int set = 1; set < starts.length; set++) {
            starts[set] += starts[set - 1];
        }
        int[] next = Arrays.copyOf(starts, starts.length);
        IntColumn ids = new IntColumn(memory);
        for (int rule = 0; rule < model.ruleCount(); rule++) {
            if (!model.isDefault(rule)) {
                ids.put(next[model.setOf(rule)]++, rule);
            }
        }
        return ids;
    }
}
