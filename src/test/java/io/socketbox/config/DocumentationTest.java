package io.socketbox.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the documentation says about the language is so. */
class DocumentationTest {
    private static final Path PAGE = Path.of("man/socketbox.conf.5");

    @Test
    void examplesInTheManualPageWorkAsTheySay() throws IOException {
        verify(DocumentedConfiguration.inManualPage(PAGE), 6);
    }

    @Test
    void filesWorkAsTheySay() throws IOException {
        verify(DocumentedConfiguration.inFolder(Path.of("conf")), 9);
    }

    @Test
    void examplesInTheReadmeWorkAsTheySay() throws IOException {
        verify(DocumentedConfiguration.inMarkdown(Path.of("README.md")), 2);
    }

    private static void verify(List<DocumentedConfiguration> documented, int expected) {
        assertTrue(documented.size() >= expected, () -> "found only " + documented);
        int claims = 0;
        for (DocumentedConfiguration configuration : documented) {
            claims += configuration.verify();
        }
        assertTrue(claims >= documented.size(), "claims: " + claims);
    }

    @Test
    void theManualPageHasEveryWord() throws IOException {
        String page = DocumentedConfiguration.plain(Files.readString(PAGE));
        for (Keyword keyword : Keyword.values()) {
            String macro = keyword == Keyword.DEFAULT ? "Ic" : "Li";
            String word = "." + macro + " " + keyword.word();
            assertTrue(
                    Pattern.compile("(?m)^\\.(It )?" + Pattern.quote(word.substring(1)) + "(:| |$)")
                            .matcher(page)
                            .find(),
                    () -> word + " is missing in " + PAGE);
        }
    }

    @Test
    void theDiagnosticInTheManualPageIsReal() throws IOException {
        Matcher block = Pattern.compile("(?m)^\\.\\\\\" diagnostics of: (.*)\\n\\.Bd -literal.*\\n((?s:.*?))^\\.Ed$")
                .matcher(Files.readString(PAGE));
        assertTrue(block.find());
        byte[] text = ("rule-set:0\n" + block.group(1) + "\n").getBytes(StandardCharsets.UTF_8);
        Configuration configuration = Configuration.parse(text, "socketbox.conf", false);
        assertEquals(
                DocumentedConfiguration.plain(block.group(2)),
                configuration.diagnostics().getFirst().render() + "\n");
    }

    @Test
    void theExplanationInTheManualPageIsReal() throws IOException {
        Matcher block = Pattern.compile("(?m)^\\.\\\\\" explanation\\n\\.Bd -literal.*\\n((?s:.*?))^\\.Ed$")
                .matcher(Files.readString(PAGE));
        assertTrue(block.find());
        String expected = DocumentedConfiguration.plain(block.group(1));
        Configuration configuration = DocumentedConfiguration.inManualPage(PAGE).stream()
                .filter(example -> example.text().contains("rule-set:admin"))
                .findFirst()
                .orElseThrow()
                .parse();
        Matcher heading = Pattern.compile("to (\\S+) from (\\S+)\n").matcher(expected);
        assertTrue(heading.lookingAt());
        assertEquals(
                expected,
                configuration.explain(Endpoint.parse(heading.group(1), 80), Endpoint.parse(heading.group(2), 0)));
    }
}
