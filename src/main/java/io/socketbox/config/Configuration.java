package io.socketbox.config;

import io.socketbox.route.Destination;
import io.socketbox.route.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A configuration that was read, with what there is to say about it. Not safe for several threads at once. */
public final class Configuration {
    private final List<Diagnostic> diagnostics;

    private Configuration(List<Diagnostic> diagnostics) {
        this.diagnostics = diagnostics;
    }

    /**
     * Reads a configuration. Mistakes are in {@link #diagnostics()}; nothing is thrown for them.
     *
     * @param text the bytes of the file; kept, not copied.
     * @param fileName for the diagnostics, as the user gave it.
     * @param pathSubstitution {@code -U}: paths may contain {@code #//0_} and the like.
     */
    public static Configuration parse(byte[] text, String fileName, boolean pathSubstitution) {
        return new Configuration(List.of());
    }

    /** Like {@link #parse}, from a stream that is read to its end and not closed. */
    public static Configuration read(InputStream in, String fileName, boolean pathSubstitution) throws IOException {
        return parse(in.readAllBytes(), fileName, pathSubstitution);
    }

    /** Everything there is to say, in the order of the lines. */
    public List<Diagnostic> diagnostics() {
        return diagnostics;
    }

    /** Number of errors; more than zero: there are no routes. */
    public int errorCount() {
        return 0;
    }

    /** Number of warnings. */
    public int warningCount() {
        return 0;
    }

    /** The text of all diagnostics for people, ending with a line that counts them; empty when there are none. */
    public String renderDiagnostics() {
        return "";
    }

    /**
     * The compiled routes.
     *
     * @throws IllegalStateException when there are errors.
     */
    public Routes compile() {
        return Routes.single(new Destination.InheritedDescriptor(0));
    }

    /** What {@code --check} prints: sets, rules, destinations, the size of the table, in lines. */
    public String summary() {
        return "";
    }

    /** How a connection from peer to local would be decided, by the same lookup as the server's, for people. */
    public String explain(Endpoint local, Endpoint peer) {
        return local + " " + peer;
    }
}
