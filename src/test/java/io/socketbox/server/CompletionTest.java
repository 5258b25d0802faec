package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CompletionTest {
    @Test
    void shippedScriptIsWhatTheOptionsGenerate() throws IOException {
        Path shipped = Path.of("conf/bash-completion/socketbox");
        String generated = HelpPages.bashCompletion();
        assertEquals(generated, Files.readString(shipped), () -> shipped + " has to become:\n" + generated);
    }
}
