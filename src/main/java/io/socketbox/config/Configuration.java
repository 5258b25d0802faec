package io.socketbox.config;

import io.socketbox.config.Diagnostic.Severity;
import io.socketbox.route.Destination;
import io.socketbox.route.RegisterSocket;
import io.socketbox.route.RouteCompiler;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteModel.SetKind;
import io.socketbox.route.RouteTable;
import io.socketbox.route.Routes;
import io.socketbox.route.TableTooLargeException;
import java.util.List;

/**
 * A configuration that was read and compiled, with what there is to say about it. It keeps the text and the rules as
 * they are written, outside the Java heap, until {@link #close}; the {@link Routes} need neither. Not safe for several
 * threads at once.
 */
public final class Configuration implements AutoCloseable {
    private final SourceText source;
    private final Diagnostics diagnostics;
    private final RouteModel model = new RouteModel();
    private final SetNames sets = new SetNames(model);
    private List<Destination> destinations = List.of();
    private List<RegisterSocket> registers = List.of();
    private RouteTable table;
    private LimitReader limits;

    private Configuration(SourceText source) {
        this.source = source;
        this.diagnostics = new Diagnostics(source);
    }

    /**
     * Reads and compiles a configuration. Mistakes are in {@link #diagnostics()}; nothing is thrown for them, nor for a
     * configuration that does not fit the memory.
     *
     * @param text closed by the configuration.
     * @param pathSubstitution {@code -U}: paths may contain {@code #//0_} and the like.
     * @param accounts knows the names of users and groups.
     */
    public static Configuration parse(SourceText text, boolean pathSubstitution, AccountNames accounts) {
        Configuration configuration = new Configuration(text);
        try {
            configuration.build(pathSubstitution, accounts);
            return configuration;
        } catch (OutOfMemoryError | TableTooLargeException e) {
            configuration.closeTable();
            configuration.close();
            return tooLarge(text.fileName(), e.getMessage());
        }
    }

    /** As {@link #parse(SourceText, boolean, AccountNames)}, of the bytes of a file; users and groups can only be numbers. */
    public static Configuration parse(byte[] text, String fileName, boolean pathSubstitution) {
        SourceText source = new SourceText(fileName);
        source.append(text);
        return parse(source, pathSubstitution, AccountNames.NONE);
    }

    private void closeTable() {
        if (table != null) {
            table.close();
        }
    }

    private static Configuration tooLarge(String fileName, String detail) {
        Configuration empty = new Configuration(new SourceText(fileName));
        empty.diagnostics.addFile(
                Severity.ERROR,
                "the configuration does not fit the memory of "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MiB (" + detail + ")",
                "give the program more, for example with SOCKETBOX_JAVA_OPTS=-Xmx2g, or use fewer rules");
        return empty;
    }

    private void build(boolean pathSubstitution, AccountNames accounts) {
        DestinationPool pool = new DestinationPool();
        ConfigurationParser parser =
                new ConfigurationParser(source, diagnostics, model, sets, pool, accounts, pathSubstitution);
        parser.parse();
        limits = parser.limits();
        new MapKeys(model, sets, diagnostics).finish();
        model.startAt(findStart());
        if (diagnostics.errors() == 0) {
            destinations = pool.destinations(parser.receivers());
            registers = parser.receivers().registerSockets();
            table = RouteCompiler.compile(model);
            new Warnings(model, table, sets, diagnostics).report();
        }
    }

    /** Matching starts at rule-set:0; in a file without it at its first rule set, if that has a name. */
    private int findStart() {
        int zero = sets.known(SetKind.RULES, "0");
        if (zero >= 0 && model.isDefined(zero)) {
            return zero;
        }
        int first = RouteModel.NONE;
        for (int set = 0; set < sets.count(); set++) {
            if (model.kindOf(set) == SetKind.RULES
                    && model.isDefined(set)
                    && (first == RouteModel.NONE || sets.info(set).line < sets.info(first).line)) {
                first = set;
            }
        }
        boolean isNamed = first != RouteModel.NONE
                && !Character.isDigit(sets.info(first).name().charAt(0));
        if (!isNamed && diagnostics.errors() == 0) {
            diagnostics.addFile(
                    Severity.WARNING,
                    "there is no rule-set:0, where matching starts: every connection is closed",
                    "add a rule-set:0, or give the first rule-set a name");
        }
        return isNamed ? first : RouteModel.NONE;
    }

    /** What there is to say, in the order of the lines; of very many the first ones. */
    public List<Diagnostic> diagnostics() {
        return diagnostics.inOrder();
    }

    /** Number of errors; more than zero: there are no routes. */
    public int errorCount() {
        return diagnostics.errors();
    }

    /** Number of warnings. */
    public int warningCount() {
        return diagnostics.warnings();
    }

    /** The text of all diagnostics for people, ending with a line that counts them; empty when there are none. */
    public String renderDiagnostics() {
        return diagnostics.render();
    }

    /**
     * The compiled routes. Their table is not closed with this: whoever follows them does that.
     *
     * @throws IllegalStateException when there are errors.
     */
    public Routes compile() {
        requireTable();
        int[] defined = new int[SetKind.values().length];
        for (int set = 0; set < sets.count(); set++) {
            if (model.isDefined(set)) {
                defined[
                        switch (model.kindOf(set)) {
                            case RULES -> 0;
                            case MAP -> 1;
                            case PREFIXES -> 2;
                        }]++;
            }
        }
        int rules = model.ruleCount() - model.defaultCount();
        return new Routes(
                table,
                destinations,
                defined[0],
                defined[1],
                defined[2],
                rules,
                registers,
                limits.limits(),
                limits.all());
    }

    private void requireTable() {
        if (table == null) {
            throw new IllegalStateException(
                    source.fileName() + " has " + Diagnostics.counted(diagnostics.errors(), "error"));
        }
    }

    /** What {@code --check} prints: sets, rules, destinations, the size of the table, in lines. */
    public String summary() {
        requireTable();
        return Summary.of(source, model, sets, limits, compile());
    }

    /**
     * How a connection would be decided, by the same lookup as the server's, for people.
     *
     * @throws IllegalStateException when there are errors, or when the table and the rules as written do not agree.
     */
    public String explain(Endpoint local, Endpoint peer) {
        requireTable();
        return new Explanation(model, table, sets, limits, source, destinations, local, peer).text();
    }

    /** Gives back the text and the rules. Of all else only {@link Routes} that were compiled work from now on. */
    @Override
    public void close() {
        source.close();
        model.close();
    }
}
