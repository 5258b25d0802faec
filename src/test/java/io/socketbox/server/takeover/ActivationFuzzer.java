package io.socketbox.server.takeover;

import io.socketbox.linux.Processes;
import io.socketbox.testing.Fuzzed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Any variables from a service manager: LISTEN_FDS, LISTEN_FDNAMES and sometimes LISTEN_PID, a line each. */
public final class ActivationFuzzer {
    private static final int MOST = 4096;

    private ActivationFuzzer() {}

    /** Called for each input. What it takes is not closed: the descriptors are this process's own. */
    public static void fuzzerTestOneInput(byte[] input) {
        List<String> lines = List.of(Fuzzed.rest(input).split("\n", 3));
        Map<String, String> environment = new HashMap<>();
        List<String> names = List.of("LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID");
        for (int i = 0; i < lines.size(); i++) {
            environment.put(names.get(i), lines.get(i));
        }
        if (Fuzzed.choice(input, 4) > 0) {
            environment.put("LISTEN_PID", Integer.toString(Processes.pid()));
        }
        Inheritance inheritance = Activation.receive(environment);
        List<Inheritance.Item> unknown = inheritance.find(Inheritance.UNKNOWN);
        int count = inheritance.find(Inheritance.LISTENER).size() + unknown.size();
        Fuzzed.check(
                count == 0 || count == Integer.parseInt(environment.get("LISTEN_FDS")) && count <= MOST,
                "another number of descriptors",
                environment.toString());
        unknown.forEach(item -> Fuzzed.check(item.note().endsWith(item.name()), "name", item.toString()));
    }
}
