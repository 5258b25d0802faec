package io.socketbox.receive;

import io.socketbox.config.Diagnostic;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.program.SetupException;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of {@code -f}: a service on each line. Reads all of it, and tells of every error with its line.
 *
 * @param <S> what a service is to be.
 */
public final class ServiceLines<S> {
    /** Something is wrong with the bytes {@code from} to {@code to} of a line. */
    public static final class Mistake extends Exception {
        private static final long serialVersionUID = 1L;

        private final int from;
        private final int to;
        private final String hint;

        /** @param hint how to mend it, or empty. */
        public Mistake(int from, int to, String message, String hint) {
            super(message);
            this.from = from;
            this.to = to;
            this.hint = hint;
        }
    }

    /** How a line is read. */
    public interface Grammar<S> {
        /** The service of a line, a byte string without its end; null where there is none. */
        S read(String line) throws Mistake;

        /** What two services cannot both have, in a record that compares, as in {@code socket /run/s}. */
        String place(S service);

        /** A line as it may be. */
        String example();
    }

    private final String name;
    private final Grammar<S> grammar;
    private final List<S> services = new ArrayList<>();
    private final List<Integer> linesOfServices = new ArrayList<>();
    private final List<Diagnostic> diagnostics = new ArrayList<>();

    private ServiceLines(String name, Grammar<S> grammar) {
        this.name = name;
        this.grammar = grammar;
    }

    /**
     * Reads all services of a file.
     *
     * @param path a byte string.
     * @throws SetupException when it cannot be read, or has errors; the message has several lines then.
     */
    public static <S> List<S> read(String path, Grammar<S> grammar) throws SetupException {
        try {
            return parse(ByteStrings.display(path), ByteStrings.of(FileCalls.readAll(path)), grammar);
        } catch (LinuxException e) {
            throw new SetupException(e.getMessage() + "; it is the file of services that -f names", e);
        }
    }

    /**
     * Reads all services of a file's text.
     *
     * @param name for messages.
     * @param text a byte string.
     * @throws SetupException when it has errors.
     */
    public static <S> List<S> parse(String name, String text, Grammar<S> grammar) throws SetupException {
        ServiceLines<S> file = new ServiceLines<>(name, grammar);
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            file.readLine(i + 1, lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i]);
        }
        file.conclude();
        return List.copyOf(file.services);
    }

    private void readLine(int number, String line) {
        try {
            S service = grammar.read(line);
            if (service != null) {
                rejectSecond(line, service);
                services.add(service);
                linesOfServices.add(number);
            }
        } catch (Mistake mistake) {
            complain(number, line, mistake);
        }
    }

    private void rejectSecond(String line, S service) throws Mistake {
        String place = grammar.place(service);
        for (int i = 0; i < services.size(); i++) {
            if (grammar.place(services.get(i)).equals(place)) {
                throw new Mistake(
                        0,
                        line.length(),
                        place + " is the place of line " + linesOfServices.get(i) + " too",
                        "name another socket, or remove one of them");
            }
        }
    }

    private void complain(int number, String line, Mistake mistake) {
        int column = 1 + shown(line.substring(0, mistake.from)).length();
        int width = Math.max(1, shown(line.substring(mistake.from, mistake.to)).length());
        diagnostics.add(new Diagnostic(
                Diagnostic.Severity.ERROR,
                name,
                number,
                column,
                width,
                mistake.getMessage(),
                mistake.hint,
                shown(line)));
    }

    /** A tab is as wide as a blank here, so that the marks stand below what they mean. */
    private static String shown(String part) {
        return ByteStrings.display(part.replace('\t', ' '));
    }

    private void conclude() throws SetupException {
        if (!diagnostics.isEmpty()) {
            StringBuilder all = new StringBuilder();
            diagnostics.forEach(one -> all.append(one.render()).append('\n'));
            throw new SetupException(all + name + ": not accepted");
        }
        if (services.isEmpty()) {
            throw new SetupException(name + ": there is no service in it; write a line such as " + grammar.example());
        }
    }
}
