package io.socketbox.config;

import io.socketbox.config.Diagnostic.Severity;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteTable;

/** What is worth saying about rules that were compiled without an error. */
final class Warnings {
    /** A lookup tries so many candidates in about a microsecond. */
    private static final int LONG_LIST = 64;

    private final RouteModel model;
    private final RouteTable table;
    private final SetNames sets;
    private final Diagnostics diagnostics;

    Warnings(RouteModel model, RouteTable table, SetNames sets, Diagnostics diagnostics) {
        this.model = model;
        this.table = table;
        this.sets = sets;
        this.diagnostics = diagnostics;
    }

    void report() {
        JumpGraph graph = new JumpGraph(model);
        boolean[] reachable = graph.reachable();
        for (int set = 0; set < sets.count(); set++) {
            if (!model.isDefined(set)) {
                reportMissing(set);
            } else if (!reachable[set] && sets.info(set).entries > 0 && model.firstSet() != RouteModel.NONE) {
                diagnostics.addLine(
                        Severity.WARNING,
                        sets.info(set).line,
                        "nothing leads to " + sets.describe(set) + ": its entries can never match",
                        "jump to it from " + sets.describe(model.firstSet()) + ", or remove it");
            }
        }
        new LoopSearch(model, table, sets, diagnostics, graph).report();
        new DeadEntries(model, table, diagnostics).report();
        reportLongList();
    }

    private void reportMissing(int set) {
        SetInfo info = sets.info(set);
        int others = info.jumps - 1;
        diagnostics.add(
                Severity.WARNING,
                info.jumpLine,
                info.jumpFrom,
                info.jumpTo,
                "there is no " + sets.describe(set) + ": what jumps to it is closed"
                        + (others > 0 ? " (" + Diagnostics.counted(others, "more jump") + " to it)" : ""),
                "add " + sets.describe(set) + ", or write 'fail' to close on purpose");
    }

    private void reportLongList() {
        if (table.longestList() > LONG_LIST) {
            diagnostics.addLine(
                    Severity.WARNING,
                    model.lineOf(table.longestListRule()),
                    "from this entry on, " + table.longestList() + " have masks with holes, and a lookup tries them"
                            + " one by one",
                    "masks without holes, or a map, are found at once whatever their number");
        }
    }
}
