package io.socketbox.program;

import io.socketbox.linux.ByteStrings;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a program's command line as {@code getopt_long(3)} does with a leading {@code +}: letters may be clustered and carry
 * their value ({@code -tFr}, {@code -tp80}), long names take theirs after {@code =} or as the next argument,
 * {@code --} ends the options, and so does the first argument that is none, because what follows belongs to the
 * program that is to be started.
 *
 * <p>picocli is not used for this: it takes the {@code =} of {@code -S=x} for its own, refuses {@code --} as a value, loses
 * the order of {@code -l} and {@code -p}, and costs 110 ms of a start where this costs 7.
 */
public final class GetoptScanner<O extends CommandOption> {
    /** One option as it was given. The value is null for a flag. */
    public record Occurrence<O>(O option, String value) {}

    private final String program;
    private final List<O> options;
    private final List<String> args;
    private final List<Occurrence<O>> occurrences = new ArrayList<>();
    private int next;

    private GetoptScanner(String program, List<O> options, List<String> args) {
        this.program = program;
        this.options = options;
        this.args = args;
    }

    /** The options in the order given, and what follows them. */
    public record Scan<O>(List<Occurrence<O>> occurrences, List<String> rest) {}

    /**
     * Splits {@code args}.
     *
     * @param program its name, for messages.
     * @param options all that it has.
     * @param args what follows the program's name.
     * @return the options and the remaining arguments.
     * @throws UsageException for an unknown option, a missing value, or a value that a flag does not take.
     */
    public static <O extends CommandOption> Scan<O> scan(String program, List<O> options, List<String> args)
            throws UsageException {
        GetoptScanner<O> scanner = new GetoptScanner<>(program, options, args);
        while (scanner.next < args.size() && scanner.takeOption(args.get(scanner.next))) {
            // takeOption moves on
        }
        return new Scan<>(List.copyOf(scanner.occurrences), List.copyOf(args.subList(scanner.next, args.size())));
    }

    private boolean takeOption(String arg) throws UsageException {
        if (arg.length() < 2 || arg.charAt(0) != '-') {
            return false;
        }
        next++;
        if (arg.equals("--")) {
            return false;
        }
        if (arg.charAt(1) == '-') {
            takeLong(arg);
        } else {
            takeCluster(arg);
        }
        return true;
    }

    private void takeCluster(String arg) throws UsageException {
        for (int i = 1; i < arg.length(); i++) {
            O option = byLetter(arg.charAt(i), arg);
            if (option.takesValue()) {
                String attached = arg.substring(i + 1);
                add(option, attached.isEmpty() ? following(option, option.shown()) : attached);
                return;
            }
            add(option, null);
        }
    }

    private void takeLong(String arg) throws UsageException {
        int equals = arg.indexOf('=');
        String name = equals < 0 ? arg.substring(2) : arg.substring(2, equals);
        O option = byName(name);
        if (!option.takesValue()) {
            if (equals >= 0) {
                throw new UsageException("--" + name + " takes no value: leave out '"
                        + ByteStrings.display(arg.substring(equals)) + "'");
            }
            add(option, null);
        } else {
            add(option, equals < 0 ? following(option, "--" + name) : arg.substring(equals + 1));
        }
    }

    private String following(O option, String spelled) throws UsageException {
        if (next >= args.size()) {
            throw new UsageException(spelled + " needs a value: write " + spelled + " " + option.valueName());
        }
        return args.get(next++);
    }

    private void add(O option, String value) {
        occurrences.add(new Occurrence<>(option, value));
    }

    private O byLetter(char letter, String arg) throws UsageException {
        for (O option : options) {
            if (option.letter() == letter && letter != '\0') {
                return option;
            }
        }
        String where = arg.length() == 2 ? "" : " in '" + ByteStrings.display(arg) + "'";
        throw new UsageException("unknown option -" + ByteStrings.display(String.valueOf(letter)) + where + "; "
                + program + " --help lists them all");
    }

    private O byName(String name) throws UsageException {
        O nearest = null;
        int leastEdits = 1 + Math.max(2, name.length() / 3);
        for (O option : options) {
            int edits = EditDistance.between(name, option.longName());
            if (edits == 0) {
                return option;
            }
            if (edits < leastEdits) {
                leastEdits = edits;
                nearest = option;
            }
        }
        String advice =
                nearest == null ? program + " --help lists them all" : "did you mean --" + nearest.longName() + "?";
        throw new UsageException("unknown option --" + ByteStrings.display(name) + "; " + advice);
    }
}
