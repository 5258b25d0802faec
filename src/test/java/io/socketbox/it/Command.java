package io.socketbox.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A command to be run to its end, without standard input and without what this JVM's environment says about Java.
 *
 * @param folder its working directory
 * @param environment variables beside PATH and HOME
 * @param words the program and its arguments
 */
record Command(Path folder, Map<String, String> environment, List<String> words) {
    /** How a command ended and what it wrote, standard error included. */
    record Result(int exit, String output) {}

    /** In this working directory, with nothing special in its environment. */
    static Command in(Path folder, String... words) {
        return new Command(folder, Map.of(), List.of(words));
    }

    /** The same command with more arguments. */
    Command plus(String... arguments) {
        List<String> more = new ArrayList<>(words);
        more.addAll(List.of(arguments));
        return new Command(folder, environment, more);
    }

    /** The same command with one more variable. */
    Command with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Command(folder, more, words);
    }

    Process start() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().putAll(environment);
        builder.redirectInput(Path.of("/dev/null").toFile());
        return builder.start();
    }

    Result run() throws IOException, InterruptedException {
        Process process = start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
