package io.socketbox.server;

import io.socketbox.linux.Processes;
import io.socketbox.program.Version;
import io.socketbox.server.control.ControlVerb;
import io.socketbox.server.status.StatusSource;
import java.util.Map;

/** What the server can be asked for on its control socket. */
final class Verbs {
    private Verbs() {}

    /** All of them, by their word. */
    static Map<String, ControlVerb> all(StatusSource status, Reload reload) {
        return Map.of(
                "ping", request -> "socketbox " + Version.current() + ", process " + Processes.pid() + "\n",
                "reload", request -> reload.now(),
                "status", request -> request.arguments().contains("json") ? status.json() + "\n" : status.text());
    }
}
