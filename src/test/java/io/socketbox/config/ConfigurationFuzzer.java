package io.socketbox.config;

import io.socketbox.testing.Fuzzed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Any bytes as a configuration: refused with diagnostics that point into it, or compiled into a table that decides as the
 * rules are written.
 */
public final class ConfigurationFuzzer {
    private static final int MAX_ENDPOINTS = 6;
    private static final Endpoint ELSEWHERE = new Endpoint(0x2001_0db8_ffff_ffffL, 1, 80);

    private ConfigurationFuzzer() {}

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        check(input, false);
        check(input, true);
    }

    private static void check(byte[] input, boolean substitute) {
        try (Configuration configuration = Configuration.parse(input, "a.conf", substitute)) {
            check(input, configuration);
            if (configuration.errorCount() == 0) {
                configuration.compile().table().close();
            }
        }
    }

    private static void check(byte[] input, Configuration configuration) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        int lines = 1 + (int) text.chars().filter(c -> c == '\n').count();
        Fuzzed.checkLines(configuration.renderDiagnostics());
        for (Diagnostic each : configuration.diagnostics()) {
            Fuzzed.checkLine(each.message());
            Fuzzed.check(each.line() >= 0 && each.line() <= lines, "no such line", each.render());
            Fuzzed.check(each.line() == 0 || each.column() >= 1 && each.width() >= 1, "no such column", each.render());
        }
        if (configuration.errorCount() == 0) {
            Fuzzed.checkLines(configuration.summary());
            List<Endpoint> endpoints = endpoints(text);
            for (Endpoint local : endpoints) {
                for (Endpoint peer : endpoints) {
                    Fuzzed.checkLines(configuration.explain(local, peer));
                }
            }
        }
    }

    /** Some addresses and ports that the text names, in all combinations but too many. */
    private static List<Endpoint> endpoints(String text) {
        List<Endpoint> endpoints = new ArrayList<>(List.of(ELSEWHERE));
        List<Integer> ports = new ArrayList<>(List.of(80));
        AddressReader reader = new AddressReader();
        for (String token : text.split("[ \t\n,-]+")) {
            String value = token.substring(token.indexOf(':') + 1);
            String address = value.replaceFirst("/.*", "");
            if (value.matches("[0-9]{1,4}")) {
                ports.add(Integer.parseInt(value));
            } else if (endpoints.size() < MAX_ENDPOINTS && reader.read(address)) {
                endpoints.add(new Endpoint(reader.hi(), reader.lo(), ports.getLast()));
            }
        }
        endpoints.add(new Endpoint(endpoints.getLast().hi(), endpoints.getLast().lo(), ports.getLast()));
        return endpoints;
    }
}
