package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.socketbox.program.GetoptScanner;
import io.socketbox.program.GetoptScanner.Occurrence;
import io.socketbox.program.UsageException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GetoptScannerTest {
    /** The original's getopt(3) string, the contract that this scanner keeps. */
    private static final String ORIGINAL = "f:l:p:tFRrs:eu:g:G:kdx:S:i:b:zP:U";

    private static GetoptScanner.Scan<ServerOption> scan(List<String> args) throws UsageException {
        return GetoptScanner.scan("socketbox", List.of(ServerOption.values()), args);
    }

    @Test
    void knowsEveryLetterOfTheOriginalAndWhetherItTakesAValue() throws UsageException {
        for (int i = 0; i < ORIGINAL.length(); i++) {
            char letter = ORIGINAL.charAt(i);
            if (letter == ':') {
                continue;
            }
            boolean takesValue = i + 1 < ORIGINAL.length() && ORIGINAL.charAt(i + 1) == ':';
            GetoptScanner.Scan<ServerOption> scan = scan(List.of("-" + letter, "7", "rest"));
            assertEquals(letter, scan.occurrences().getFirst().option().letter());
            assertEquals(takesValue ? "7" : null, scan.occurrences().getFirst().value());
            assertEquals(takesValue ? List.of("rest") : List.of("7", "rest"), scan.rest());
        }
    }

    @Test
    void everyOptionHasALongNameOfItsOwn() throws UsageException {
        for (ServerOption option : ServerOption.values()) {
            List<String> args =
                    option.takesValue() ? List.of("--" + option.longName() + "=v") : List.of("--" + option.longName());
            assertEquals(
                    List.of(new Occurrence<>(option, option.takesValue() ? "v" : null)),
                    scan(args).occurrences());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-tFr                    | TRANSPARENT FREEBIND REUSE_PORT        |",
                "-p80                    | PORT=80                                |",
                "-p 80                   | PORT=80                                |",
                "-tp80                   | TRANSPARENT PORT=80                    |",
                "-tp 80                  | TRANSPARENT PORT=80                    |",
                "-ptF                    | PORT=tF                                |",
                "-p -t                   | PORT=-t                                |",
                "-p -- -t                | PORT=-- TRANSPARENT                    |",
                "--port 80 -t            | PORT=80 TRANSPARENT                    |",
                "--port=80               | PORT=80                                |",
                "--port=a=b              | PORT=a=b                               |",
                "--port=                 | PORT=                                  |",
                "-e prog -f -t --check   | EXEC                                   | prog -f -t --check",
                "-e -- -prog -f          | EXEC                                   | -prog -f",
                "-e - -f                 | EXEC                                   | - -f",
                "-t -- -F                | TRANSPARENT                            | -F",
                "-t -F x -r              | TRANSPARENT FREEBIND                   | x -r",
                "--queue 5 --strict      | QUEUE=5 STRICT                         |",
            })
    void splits(String line, String expected, String rest) throws UsageException {
        GetoptScanner.Scan<ServerOption> scan = scan(List.of(line.split(" ")));
        List<String> seen = new ArrayList<>();
        for (Occurrence<ServerOption> occurrence : scan.occurrences()) {
            seen.add(occurrence.option() + (occurrence.value() == null ? "" : "=" + occurrence.value()));
        }
        assertEquals(expected, String.join(" ", seen));
        assertEquals(rest == null ? "" : rest, String.join(" ", scan.rest()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-q           | unknown option -q; socketbox --help lists them all",
                "-tqF         | unknown option -q in '-tqF'; socketbox --help lists them all",
                "--prot=80    | unknown option --prot; did you mean --port?",
                "--frobnicate | unknown option --frobnicate; socketbox --help lists them all",
                "-t -p        | -p needs a value: write -p PORT",
                "--port       | --port needs a value: write --port PORT",
                "-tp          | -p needs a value: write -p PORT",
                "--strict=yes | --strict takes no value: leave out '=yes'",
                "--por 80     | unknown option --por; did you mean --port?",
            })
    void refuses(String line, String message) {
        UsageException refused = assertThrows(UsageException.class, () -> scan(List.of(line.split(" "))));
        assertEquals(message, refused.getMessage());
    }

    @Property(tries = 500)
    void allSpellingsMeanTheSame(@ForAll("commandLines") Spelled line) throws UsageException {
        GetoptScanner.Scan<ServerOption> separate = scan(line.separate());
        assertEquals(separate, scan(line.clustered()));
        assertEquals(separate, scan(line.longNames()));
        assertEquals(line.occurrences(), separate.occurrences());
    }

    /** One command line in three spellings. */
    record Spelled(
            List<Occurrence<ServerOption>> occurrences,
            List<String> separate,
            List<String> clustered,
            List<String> longNames) {}

    @Provide
    Arbitrary<Spelled> commandLines() {
        List<ServerOption> lettered = new ArrayList<>(List.of(ServerOption.values()));
        lettered.removeIf(option -> option.letter() == '\0');
        Arbitrary<String> values =
                Arbitraries.strings().withChars("a0-:=/% ").ofMinLength(1).ofMaxLength(6);
        Arbitrary<Occurrence<ServerOption>> occurrence = Combinators.combine(Arbitraries.of(lettered), values)
                .as((option, value) -> new Occurrence<>(option, option.takesValue() ? value : null));
        Arbitrary<List<String>> rests =
                Arbitraries.of(List.of(), List.of("prog", "-f", "--"), List.of("--", "-t"), List.of("-", "-p80"));
        return Combinators.combine(occurrence.list().ofMaxSize(12), rests).as(GetoptScannerTest::spell);
    }

    private static Spelled spell(List<Occurrence<ServerOption>> occurrences, List<String> rest) {
        List<String> separate = new ArrayList<>();
        List<String> clustered = new ArrayList<>();
        List<String> longNames = new ArrayList<>();
        StringBuilder cluster = new StringBuilder("-");
        for (Occurrence<ServerOption> occurrence : occurrences) {
            ServerOption option = occurrence.option();
            separate.add("-" + option.letter());
            cluster.append(option.letter());
            longNames.add("--" + option.longName() + (option.takesValue() ? "=" + occurrence.value() : ""));
            if (option.takesValue()) {
                separate.add(occurrence.value());
                clustered.add(cluster + occurrence.value());
                cluster.setLength(1);
            }
        }
        if (cluster.length() > 1) {
            clustered.add(cluster.toString());
        }
        separate.addAll(rest);
        clustered.addAll(rest);
        longNames.addAll(rest);
        return new Spelled(occurrences, separate, clustered, longNames);
    }
}
