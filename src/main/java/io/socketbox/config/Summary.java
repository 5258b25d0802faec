package io.socketbox.config;

import io.socketbox.route.Destination;
import io.socketbox.route.RegisterSocket;
import io.socketbox.route.RouteModel;
import io.socketbox.route.Routes;
import java.util.List;

/** What {@code --check} says about a good configuration. */
final class Summary {
    private static final int MAX_LISTED = 1000;

    private Summary() {}

    static String of(SourceText source, RouteModel model, SetNames sets, LimitReader limits, Routes routes) {
        StringBuilder out = new StringBuilder();
        int defined = routes.ruleSets() + routes.mapSets() + routes.prefixSets();
        List<Destination> destinations = routes.destinations();
        out.append(source.fileName()).append(": ");
        out.append(Diagnostics.counted(defined, "set")).append(", ");
        out.append(Diagnostics.counted(routes.rules(), "rule")).append(", ");
        out.append(Diagnostics.counted(destinations.size(), "destination")).append(", a table of ");
        out.append(Diagnostics.counted(routes.table().sizeInBytes(), "byte")).append('\n');
        int listed = 0;
        for (int set = 0; set < sets.count(); set++) {
            if (model.isDefined(set) && ++listed <= MAX_LISTED) {
                SetInfo info = sets.info(set);
                out.append("  ")
                        .append(sets.describe(set))
                        .append(" (line ")
                        .append(info.line)
                        .append("): ");
                out.append(info.entries).append(info.entries == 1 ? " entry" : " entries");
                out.append(info.defaultLine > 0 ? ", default in line " + info.defaultLine : ", no default");
                out.append(set == model.firstSet() ? ", matching starts here\n" : "\n");
            }
        }
        appendRest(out, listed);
        for (RegisterSocket register : routes.registers()) {
            out.append("  register:").append(Quoting.display(register.path())).append(" (mode 0");
            out.append(Integer.toOctalString(register.mode())).append("): ");
            out.append(Diagnostics.counted(register.groups().size(), "group")).append('\n');
        }
        for (int i = 0; i < Math.min(destinations.size(), MAX_LISTED); i++) {
            out.append("  -> ")
                    .append(Explanation.describe(destinations.get(i)))
                    .append('\n');
        }
        appendRest(out, destinations.size());
        List<LimitInfo> infos = limits.infos();
        for (int i = 0; i < Math.min(infos.size(), MAX_LISTED); i++) {
            LimitInfo info = infos.get(i);
            out.append("  ")
                    .append(info.describe())
                    .append(" (line ")
                    .append(info.line)
                    .append("): ");
            out.append(info.details()).append("; named by ").append(Diagnostics.counted(info.rules, "rule"));
            out.append(i == limits.all() ? ", holds for all connections\n" : "\n");
        }
        appendRest(out, infos.size());
        return out.toString();
    }

    private static void appendRest(StringBuilder out, int count) {
        if (count > MAX_LISTED) {
            out.append("  and ").append(count - MAX_LISTED).append(" more\n");
        }
    }
}
