package io.socketbox.server;

import io.socketbox.dispatch.Engine;
import io.socketbox.dispatch.Sources;
import io.socketbox.program.ServiceManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The names by which the service manager keeps listening sockets over the end of this process, however it ends: what
 * waits in their backlogs is then accepted by the next start (FDSTORE of sd_pid_notify_with_fds(3)).
 */
final class StoredListeners {
    /** How the names start that were given here; those of socket units are theirs. */
    static final String PREFIX = "socketbox-";

    private StoredListeners() {}

    /**
     * Names every socket.
     *
     * @param fds the sockets.
     * @param known names that some have already, by descriptor; may be empty.
     * @return their names, in order, all different but for those of a socket unit.
     */
    static List<String> names(List<Integer> fds, Map<Integer, String> known) {
        List<String> names = new ArrayList<>();
        int next = 0;
        for (int fd : fds) {
            String name = known.getOrDefault(fd, "");
            while (name.isEmpty()) {
                String candidate = PREFIX + next++;
                name = known.containsValue(candidate) ? "" : candidate;
            }
            names.add(name);
        }
        return names;
    }

    /** Has those that an engine accepts from kept; those of a socket unit are kept by it. */
    static void store(ServiceManager manager, Engine engine, List<String> names) {
        Sources sources = manager.isPresent() ? engine.copySources() : null;
        if (sources == null) {
            return;
        }
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).startsWith(PREFIX) && sources.listeners()[i] >= 0) {
                manager.store(names.get(i), sources.listeners()[i]);
            }
        }
        sources.close();
    }
}
