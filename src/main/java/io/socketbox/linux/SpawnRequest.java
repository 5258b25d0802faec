package io.socketbox.linux;

import java.util.List;

/** A program to start with {@link Processes#spawn}, filled in by one thread. Strings are byte strings. */
public final class SpawnRequest {
    private final String path;
    private final List<String> arguments;
    private List<String> environment;
    private List<Integer> inherited = List.of();
    private int standardIn = 0;
    private int standardOut = 1;
    private int standardError = 2;
    private String directory;
    private boolean newSession;

    /**
     * @param path the program; without a slash it is looked for in PATH
     * @param arguments including argv[0]
     */
    public SpawnRequest(String path, List<String> arguments) {
        this.path = path;
        this.arguments = List.copyOf(arguments);
    }

    /** {@code NAME=value} strings in place of {@link Environment#entries}. */
    public SpawnRequest environment(List<String> entries) {
        environment = List.copyOf(entries);
        return this;
    }

    /** Descriptors from 3 up that the program gets under their own numbers, whether close-on-exec here or not. */
    public SpawnRequest inherit(List<Integer> descriptors) {
        inherited = List.copyOf(descriptors);
        return this;
    }

    /** Which descriptors become 0, 1 and 2, in this order; without this call they stay what they are. */
    public SpawnRequest standard(int in, int out, int error) {
        standardIn = in;
        standardOut = out;
        standardError = error;
        return this;
    }

    /** The program's working directory. */
    public SpawnRequest directory(String name) {
        directory = name;
        return this;
    }

    /** Makes the program lead a session of its own (setsid(2)). */
    public SpawnRequest newSession() {
        newSession = true;
        return this;
    }

    String path() {
        return path;
    }

    List<String> arguments() {
        return arguments;
    }

    /** Null for this process's. */
    List<String> environment() {
        return environment;
    }

    List<Integer> inherited() {
        return inherited;
    }

    int standardIn() {
        return standardIn;
    }

    int standardOut() {
        return standardOut;
    }

    int standardError() {
        return standardError;
    }

    /** Null for this process's. */
    String directory() {
        return directory;
    }

    boolean isNewSession() {
        return newSession;
    }
}
