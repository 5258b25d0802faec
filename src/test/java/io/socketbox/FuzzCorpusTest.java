package io.socketbox;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs each fuzzer with the inputs that are known; {@code make fuzz} looks for more. */
class FuzzCorpusTest {
    private static final Path SOURCES = Path.of("src/test/java");
    private static final Path CORPUS = Path.of("src/test/fuzz/corpus");

    @TestFactory
    Stream<DynamicTest> survivesItsCorpus() throws IOException {
        List<Path> fuzzers;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            fuzzers = files.filter(file -> file.toString().endsWith("Fuzzer.java"))
                    .sorted()
                    .toList();
        }
        assertTrue(fuzzers.size() > 1);
        return fuzzers.stream().map(each -> {
            String name =
                    SOURCES.relativize(each).toString().replace(".java", "").replace('/', '.');
            String shortName = name.substring(name.lastIndexOf('.') + 1);
            return DynamicTest.dynamicTest(shortName, () -> run(Class.forName(name), CORPUS.resolve(shortName)));
        });
    }

    private static void run(Class<?> fuzzer, Path corpus) throws Exception {
        Method method = fuzzer.getMethod("fuzzerTestOneInput", byte[].class);
        List<Path> inputs;
        try (Stream<Path> files = Files.list(corpus)) {
            inputs = files.sorted().toList();
        }
        assertTrue(inputs.size() > 1, corpus + " is empty");
        for (Path input : inputs) {
            try {
                method.invoke(null, (Object) Files.readAllBytes(input));
            } catch (InvocationTargetException e) {
                throw new AssertionError(input.toString(), e.getCause());
            }
        }
    }
}
