package io.socketbox.dispatch;

import io.socketbox.observe.Overview;
import java.util.stream.Collectors;

/** What the rules of an engine's table did, as text to compare. */
final class RuleLines {
    private RuleLines() {}

    static String of(Engine engine) {
        return Overview.of(engine.statistics()).rules(100).busiest().stream()
                .map(each -> each.line() + ": " + each.connections() + " = " + each.handedOff() + " handed off, "
                        + each.pending() + " wait, " + each.closed() + " closed")
                .collect(Collectors.joining("; "));
    }
}
