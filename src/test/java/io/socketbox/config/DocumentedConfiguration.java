package io.socketbox.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration out of the documentation. A comment {@code # LOCAL [from PEER] -> ANSWER} in it claims what
 * {@code --explain} says of a connection.
 *
 * @param name where it stands.
 * @param text the configuration.
 * @param substitution whether it is meant to be used with {@code -U}.
 */
record DocumentedConfiguration(String name, String text, boolean substitution) {
    private static final Pattern CLAIM = Pattern.compile("# (\\S+:\\d+)(?: from (\\S+))? -> (.+)");
    private static final Pattern PAGE_BLOCK =
            Pattern.compile("(?m)^\\.\\\\\" configuration(.*)\\n\\.Bd -literal.*\\n((?s:.*?))^\\.Ed$");
    private static final Pattern README_BLOCK = Pattern.compile("(?m)^```conf\\n((?s:.*?))^```$");

    /** Configuration files in a folder and those below it. */
    static List<DocumentedConfiguration> inFolder(Path folder) throws IOException {
        List<DocumentedConfiguration> found = new ArrayList<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".conf")).toList()) {
                String text = Files.readString(file);
                found.add(new DocumentedConfiguration(file.toString(), text, text.contains("socketbox -U")));
            }
        }
        return found;
    }

    /** Literal blocks of a manual page that follow a roff comment {@code configuration}. */
    static List<DocumentedConfiguration> inManualPage(Path page) throws IOException {
        List<DocumentedConfiguration> found = new ArrayList<>();
        Matcher blocks = PAGE_BLOCK.matcher(Files.readString(page));
        while (blocks.find()) {
            found.add(new DocumentedConfiguration(
                    page + ", block " + (found.size() + 1),
                    plain(blocks.group(2)),
                    blocks.group(1).contains("-U")));
        }
        return found;
    }

    /** Fenced blocks of Markdown that are marked {@code conf}. */
    static List<DocumentedConfiguration> inMarkdown(Path document) throws IOException {
        List<DocumentedConfiguration> found = new ArrayList<>();
        Matcher blocks = README_BLOCK.matcher(Files.readString(document));
        while (blocks.find()) {
            found.add(new DocumentedConfiguration(document + ", block " + (found.size() + 1), blocks.group(1), false));
        }
        return found;
    }

    /** Text of a manual page without roff's escapes for characters that it would replace. */
    static String plain(String roff) {
        return roff.replace("\\-", "-")
                .replace("\\(aq", "'")
                .replace("\\(ha", "^")
                .replace("\\(ga", "`")
                .replace("\\(ti", "~")
                .replace("\\e", "\\");
    }

    Configuration parse() {
        return Configuration.parse(text.getBytes(StandardCharsets.UTF_8), "socketbox.conf", substitution);
    }

    /** Asserts that the parser has nothing to say against it, and that its claims are true; returns how many it has. */
    int verify() {
        Configuration configuration = parse();
        assertEquals("", configuration.renderDiagnostics(), name);
        int claims = 0;
        for (String line : text.split("\n")) {
            if (!line.contains(" -> ")) {
                continue;
            }
            Matcher claim = CLAIM.matcher(line);
            assertTrue(claim.matches(), () -> name + ": cannot read the claim: " + line);
            Endpoint local = Endpoint.parse(claim.group(1), 80);
            Endpoint peer = claim.group(2) == null ? new Endpoint(0, 0, 0) : Endpoint.parse(claim.group(2), 0);
            String explanation = configuration.explain(local, peer);
            assertTrue(
                    explanation.endsWith("\n-> " + claim.group(3) + "\n"),
                    () -> name + ": " + line + "\n" + explanation);
            claims++;
        }
        return claims;
    }
}
