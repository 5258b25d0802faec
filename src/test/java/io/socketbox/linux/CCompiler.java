package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A C compiler for one architecture, and what is compiled with it, in a folder of the test's own. */
record CCompiler(String command, String aptPackage, Path folder) {
    static final String SYSTEM_ARCHITECTURE = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";

    /** The system's compiler where it makes code for {@code architecture}, else Debian's cross compiler. */
    static CCompiler of(String architecture, Path folder) {
        return architecture.equals(SYSTEM_ARCHITECTURE)
                ? new CCompiler("cc", "gcc libc6-dev", folder)
                : new CCompiler(
                        architecture + "-linux-gnu-gcc",
                        architecture.equals("aarch64")
                                ? "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
                                : "gcc-x86-64-linux-gnu libc6-dev-amd64-cross",
                        folder);
    }

    /** Only checks the source, which holds static assertions. */
    void check(String source) {
        Path file = write(source);
        run(List.of(command, "-std=gnu17", "-fsyntax-only", file.toString()));
    }

    /** Compiles and runs the source, which prints something. */
    List<String> run(String source) {
        Path file = write(source);
        Path program = folder.resolve("probe");
        run(List.of(command, "-std=gnu17", "-o", program.toString(), file.toString()));
        return run(List.of(program.toString())).lines().toList();
    }

    private Path write(String source) {
        try {
            return Files.writeString(folder.resolve("probe.c"), source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String run(List<String> commandLine) {
        Path output = folder.resolve("output");
        try {
            Process process = new ProcessBuilder(new ArrayList<>(commandLine))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail(commandLine + " did not end within a minute");
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            assertEquals(0, process.exitValue(), commandLine + " said:\n" + text);
            return text;
        } catch (IOException e) {
            throw new AssertionError(commandLine + " cannot be started; apt-get install " + aptPackage, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
