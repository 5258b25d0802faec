package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.socketbox.config.Configuration;
import io.socketbox.linux.Descriptors;
import io.socketbox.program.SetupException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
    private static final int RULES = 20_000;

    @TempDir
    Path directory;

    @Test
    void readsAFileToItsEnd() throws Exception {
        Path path = Files.write(directory.resolve("c.conf"), text());
        assertEquals(RULES, rules(path.toString()));
    }

    @Test
    void readsAPipeToItsEnd() throws Exception {
        int[] pipe = Descriptors.pipe();
        Thread writer = Thread.ofPlatform().start(() -> {
            Descriptors.write(pipe[1], text());
            Descriptors.close(pipe[1]);
        });
        assertEquals(RULES, rules("/proc/self/fd/" + pipe[0]));
        writer.join();
        Descriptors.close(pipe[0]);
    }

    private static int rules(String path) throws SetupException {
        try (ConfigurationFile file = ConfigurationFile.open(path)) {
            Configuration configuration = file.parse(false);
            assertEquals("", configuration.renderDiagnostics());
            return configuration.compile().rules();
        }
    }

    private static byte[] text() {
        StringBuilder text = new StringBuilder("rule-set:0\n");
        for (int i = 0; i < RULES; i++) {
            text.append("ip:2001:db8::").append(Integer.toHexString(i)).append(" jump-unix:/run/a.sock\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
