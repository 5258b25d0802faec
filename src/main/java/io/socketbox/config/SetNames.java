package io.socketbox.config;

import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteModel.SetKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sets of a configuration by kind and name; a number counts as the name without leading zeros. */
final class SetNames {
    private final RouteModel model;
    private final Map<SetKind, Map<String, Integer>> byName = new EnumMap<>(SetKind.class);
    private final List<SetInfo> infos = new ArrayList<>();

    SetNames(RouteModel model) {
        this.model = model;
        for (SetKind kind : SetKind.values()) {
            byName.put(kind, new HashMap<>());
        }
    }

    /** The set of that name, which may be defined later. */
    int find(SetKind kind, String name) {
        Integer known = byName.get(kind).get(name);
        if (known != null) {
            return known;
        }
        int set = model.addSet(kind);
        byName.get(kind).put(name, set);
        infos.add(new SetInfo(name));
        return set;
    }

    /** The set of that name, or -1. */
    int known(SetKind kind, String name) {
        return byName.get(kind).getOrDefault(name, -1);
    }

    SetInfo info(int set) {
        return infos.get(set);
    }

    int count() {
        return infos.size();
    }

    /** {@code rule-set:0}, as people write it. */
    String describe(int set) {
        return keyword(model.kindOf(set)).word() + ":"
                + Quoting.display(infos.get(set).name());
    }

    static Keyword keyword(SetKind kind) {
        return switch (kind) {
            case RULES -> Keyword.RULE_SET;
            case MAP -> Keyword.MAP_SET;
            case PREFIXES -> Keyword.PREFIX_SET;
        };
    }
}
