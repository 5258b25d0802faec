package io.socketbox.faults;

import io.socketbox.testing.Netns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs in C of src/test/faults, compiled when they are needed first, and how much of everything there is. */
final class Tools {
    private static final Path SOURCES = Path.of("src/test/faults").toAbsolutePath();
    private static final Path FOLDER = Path.of("target/faults").toAbsolutePath();
    private static final boolean LONG = Boolean.getBoolean("socketbox.faults.long");

    private Tools() {}

    /** How often, or how many: {@code make test-faults} has the long form. */
    static int size(int inShort, int inLong) {
        return LONG ? inLong : inShort;
    }

    /** A program. */
    static Path program(String name) {
        return compiled(name + ".c", name, "-D_GNU_SOURCE");
    }

    /** The library that is loaded into a server. */
    static Path shim() {
        return compiled("shim.c", "shim.so", "-shared", "-fPIC");
    }

    private static synchronized Path compiled(String source, String name, String... options) {
        Path result = FOLDER.resolve(name);
        try {
            Files.createDirectories(FOLDER);
            List<String> command = new ArrayList<>(List.of("cc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror"));
            command.addAll(List.of(options));
            command.addAll(
                    List.of("-o", result.toString(), SOURCES.resolve(source).toString()));
            Process compiler = new ProcessBuilder(command).inheritIO().start();
            if (compiler.waitFor() != 0) {
                throw new AssertionError(source + " cannot be compiled");
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts a program in a namespace; what it says on standard error is this process's. */
    static Process start(Netns netns, List<String> command) {
        return netns.call(() -> new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }
}
