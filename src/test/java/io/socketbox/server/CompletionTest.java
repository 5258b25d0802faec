package io.socketbox.server;

import io.socketbox.testing.Shipped;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CompletionTest {
    @Test
    void shippedScriptIsWhatTheOptionsGenerate() {
        Shipped.assertIs(Path.of("conf/bash-completion/socketbox"), HelpPages.bashCompletion());
    }
}
