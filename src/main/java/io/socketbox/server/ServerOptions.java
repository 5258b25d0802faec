package io.socketbox.server;

import static io.socketbox.server.ServerOption.*;

import io.socketbox.linux.ByteStrings;
import io.socketbox.program.GetoptScanner;
import io.socketbox.program.LogOptions;
import io.socketbox.program.Quantity;
import io.socketbox.program.UsageException;
import io.socketbox.server.metrics.MetricsAddress;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a command line asks for: filled in from left to right, checked once, then only read.
 *
 * <p>Of an option that is given twice the last one counts, but for {@code -l} and {@code -p} (see {@link
 * ListenAddress.Pairing}). Strings are byte strings.
 */
final class ServerOptions {
    /** What to do at all. */
    enum Mode {
        SERVE,
        EXECUTE,
        PING,
        RELOAD,
        STATUS,
        CHECK,
        EXPLAIN,
        HELP,
        VERSION
    }

    private static final String DEFAULT_CONFIG = "/etc/socketbox.conf";
    private static final int DEFAULT_BACKLOG = 4096;
    private static final int DEFAULT_QUEUE = 4096;
    private static final int MAX_SOCKET_PATH = 107;
    private static final int MAX_QUEUE = 1 << 20;
    private static final int MAX_WORKERS = 256;
    private static final long DEFAULT_HANDOFF_TIMEOUT_NS = 10_000_000_000L;

    private final ListenAddress.Pairing pairing = new ListenAddress.Pairing();
    private List<ListenAddress> listenAddresses = List.of();
    private List<String> program = List.of();
    private Mode mode = Mode.SERVE;
    private String configPath = DEFAULT_CONFIG;
    private int backlog = DEFAULT_BACKLOG;
    private boolean transparent;
    private boolean freebind;
    private boolean reusePort;
    private boolean reuseAddress = true;
    private boolean clearTransparent;
    private int listenFd = -1;
    private String user;
    private String group;
    private String groups;
    private boolean keepGroups;
    private String chroot;
    private boolean daemonize;
    private String sendToPath;
    private int sendToFd = -1;
    private long receiveGroup;
    private String receivePath;
    private boolean substitute;
    private int workers = 1;
    private int queueLimit = DEFAULT_QUEUE;
    private long handoffTimeoutNs = DEFAULT_HANDOFF_TIMEOUT_NS;
    private String controlPath;
    private boolean takeover;
    private boolean watch;
    private boolean json;
    private MetricsAddress metrics;
    private boolean logConnections;
    private final LogOptions log = new LogOptions();
    private boolean strict;
    private String explainLocal;
    private String explainRemote;

    private ServerOptions() {}

    /**
     * Reads a command line.
     *
     * @param args what follows the program's name, as byte strings.
     * @return what it asks for.
     * @throws UsageException when it makes no sense.
     */
    static ServerOptions read(List<String> args) throws UsageException {
        GetoptScanner.Scan<ServerOption> scan = GetoptScanner.scan("socketbox", List.of(ServerOption.values()), args);
        ServerOptions options = new ServerOptions();
        for (GetoptScanner.Occurrence<ServerOption> occurrence : scan.occurrences()) {
            options.apply(occurrence.option(), occurrence.value());
        }
        options.conclude(scan.rest());
        return options;
    }

    private void apply(ServerOption option, String value) throws UsageException {
        switch (option) {
            case CONFIG -> configPath = nonEmpty(option, value);
            case LISTEN -> pairing.addHost(nonEmpty(option, value));
            case PORT -> pairing.addPort(Quantity.decimal(option, value, 0, 65535));
            case BACKLOG -> backlog = Quantity.decimal(option, value, 0, Integer.MAX_VALUE);
            case TRANSPARENT -> transparent = true;
            case FREEBIND -> freebind = true;
            case REUSE_PORT -> reusePort = true;
            case NO_REUSE_ADDRESS -> reuseAddress = false;
            case CLEAR_TRANSPARENT -> clearTransparent = true;
            case LISTEN_FD -> listenFd = Quantity.decimal(option, value, 0, Integer.MAX_VALUE);
            case EXEC -> moveTo(Mode.EXECUTE);
            case USER -> user = nonEmpty(option, value);
            case GROUP -> group = nonEmpty(option, value);
            case GROUPS -> groups = value;
            case KEEP_GROUPS -> keepGroups = true;
            case CHROOT -> chroot = nonEmpty(option, value);
            case DAEMONIZE -> daemonize = true;
            case SEND_TO -> sendToPath = socketPath(option, value);
            case SEND_TO_FD -> sendToFd = Quantity.decimal(option, value, 0, Integer.MAX_VALUE);
            case RECEIVE_FROM -> receiveFrom(value);
            case SUBSTITUTE -> substitute = true;
            default -> applyAdded(option, value);
        }
    }

    /** The options that the original does not have. */
    private void applyAdded(ServerOption option, String value) throws UsageException {
        switch (option) {
            case WORKERS -> workers = Quantity.decimal(option, value, 1, MAX_WORKERS);
            case QUEUE -> queueLimit = Quantity.decimal(option, value, 1, MAX_QUEUE);
            case HANDOFF_TIMEOUT -> handoffTimeoutNs = Quantity.durationNs(option, value);
            case CONTROL -> controlPath = socketPath(option, value);
            case TAKEOVER -> takeover = true;
            case STATUS -> moveTo(Mode.STATUS);
            case WATCH -> watch = true;
            case JSON -> json = true;
            case METRICS -> metrics = metrics(value);
            case LOG_CONNECTIONS -> logConnections = true;
            case PING -> moveTo(Mode.PING);
            case RELOAD -> moveTo(Mode.RELOAD);
            case LOG_FORMAT -> log.format(option, value);
            case LOG_LEVEL -> log.level(option, value);
            case CHECK -> moveTo(Mode.CHECK);
            case STRICT -> strict = true;
            case EXPLAIN -> {
                moveTo(Mode.EXPLAIN);
                explainLocal = nonEmpty(option, value);
                if (value.startsWith("-")) {
                    throw Quantity.bad(
                            option, value, "an address: it comes first, as in --explain [2001:db8::1]:80 -f FILE");
                }
            }
            case HELP -> moveTo(Mode.HELP);
            case VERSION -> moveTo(Mode.VERSION);
            default -> throw new IllegalStateException("no case for " + option);
        }
    }

    /** The later a mode stands in the list, the more it wins: {@code --help} beside anything else is help. */
    private void moveTo(Mode asked) {
        if (asked.compareTo(mode) > 0) {
            mode = asked;
        }
    }

    private void receiveFrom(String value) throws UsageException {
        int colon = value.indexOf(':');
        OptionalLong number = colon < 0 ? OptionalLong.empty() : Quantity.cLiteral(value.substring(0, colon));
        if (number.isEmpty() || value.length() <= colon + 1) {
            throw Quantity.bad(
                    RECEIVE_FROM, value, "a group number and the path of a register socket, as in 5:/run/sb");
        }
        receiveGroup = number.getAsLong();
        receivePath = socketPath(RECEIVE_FROM, value.substring(colon + 1));
    }

    private void conclude(List<String> rest) throws UsageException {
        if (mode == Mode.HELP || mode == Mode.VERSION) {
            return;
        }
        listenAddresses = pairing.conclude();
        takeRest(rest);
        checkExecute();
        checkCombinations();
    }

    private void takeRest(List<String> rest) throws UsageException {
        if (mode == Mode.EXECUTE) {
            program = rest;
            return;
        }
        int taken = 0;
        if (mode == Mode.EXPLAIN && !rest.isEmpty()) {
            explainRemote = rest.getFirst();
            taken = 1;
        }
        if (rest.size() > taken) {
            throw new UsageException("unexpected argument '" + ByteStrings.display(rest.get(taken))
                    + (taken == 0
                            ? "': only -e takes a program to execute; options go before it"
                            : "' after REMOTE: options go before it"));
        }
    }

    private void checkExecute() throws UsageException {
        if (mode != Mode.EXECUTE) {
            return;
        }
        if (program.isEmpty()) {
            throw new UsageException("-e needs a program: write socketbox -e [OPTION]... PROGRAM [ARGUMENT]...");
        }
        refuse(receivePath != null, EXEC, RECEIVE_FROM, "there is no listening socket to leave to the program");
        refuse(takeover, EXEC, TAKEOVER, "the program could not tell the old server when it is ready");
        if (listenFd < 0 && listenAddresses.size() > 1) {
            throw new UsageException("-e leaves one listening socket to the program, but -l and -p name "
                    + listenAddresses.size() + ": name one");
        }
    }

    private void checkCombinations() throws UsageException {
        refuse(sendToPath != null && sendToFd >= 0, SEND_TO, SEND_TO_FD, "connections go to one place: give one");
        refuse(
                groups != null && keepGroups,
                GROUPS,
                KEEP_GROUPS,
                "one sets the groups, the other leaves them: give one");
        refuse(
                receivePath != null && listenFd >= 0,
                RECEIVE_FROM,
                LISTEN_FD,
                "connections come from one place: give one");
        if (strict && mode != Mode.CHECK) {
            throw new UsageException("--strict has no meaning without --check");
        }
        if ((watch || json) && mode != Mode.STATUS) {
            throw new UsageException((watch ? "--watch" : "--json") + " has no meaning without --status");
        }
    }

    private static void refuse(boolean given, ServerOption a, ServerOption b, String why) throws UsageException {
        if (given) {
            throw new UsageException(a.shown() + " and " + b.shown() + " exclude each other: " + why);
        }
    }

    private static MetricsAddress metrics(String value) throws UsageException {
        try {
            return MetricsAddress.parse(value);
        } catch (IllegalArgumentException e) {
            throw new UsageException(METRICS.shown() + " " + ByteStrings.display(value) + ": " + e.getMessage());
        }
    }

    private static String socketPath(ServerOption option, String value) throws UsageException {
        if (value.length() > MAX_SOCKET_PATH) {
            throw new UsageException(option.shown() + " " + ByteStrings.display(value) + ": the path has "
                    + value.length() + " bytes; that of a UNIX socket has at most " + MAX_SOCKET_PATH + ", unix(7)");
        }
        return nonEmpty(option, value);
    }

    private static String nonEmpty(ServerOption option, String value) throws UsageException {
        if (value.isEmpty()) {
            throw new UsageException(option.shown() + " needs a value that is not empty: write " + option.shown() + " "
                    + option.valueName());
        }
        return value;
    }

    Mode mode() {
        return mode;
    }

    String configPath() {
        return configPath;
    }

    /** Where to listen, in order; not looked at with {@code -s} and {@code -P}. */
    List<ListenAddress> listenAddresses() {
        return listenAddresses;
    }

    /** Whether {@code -l} or {@code -p} was given at all. */
    boolean listenAddressesGiven() {
        return !pairing.isEmpty();
    }

    int backlog() {
        return backlog;
    }

    boolean transparent() {
        return transparent;
    }

    boolean freebind() {
        return freebind;
    }

    boolean reusePort() {
        return reusePort;
    }

    boolean reuseAddress() {
        return reuseAddress;
    }

    boolean clearTransparent() {
        return clearTransparent;
    }

    /** The descriptor of {@code -s}, or -1. */
    int listenFd() {
        return listenFd;
    }

    /** What {@code -e} executes, with its arguments. */
    List<String> program() {
        return program;
    }

    /** Name or number, or null. */
    String user() {
        return user;
    }

    /** Name or number, or null. */
    String group() {
        return group;
    }

    /** Names or numbers, separated by commas, perhaps none; or null. */
    String groups() {
        return groups;
    }

    boolean keepGroups() {
        return keepGroups;
    }

    /** A directory, or null. */
    String chroot() {
        return chroot;
    }

    boolean daemonize() {
        return daemonize;
    }

    /** The path of {@code -S}, or null. */
    String sendToPath() {
        return sendToPath;
    }

    /** The descriptor of {@code -i}, or -1. */
    int sendToFd() {
        return sendToFd;
    }

    /** Whether {@code -S} or {@code -i} stand in for the configuration. */
    boolean skipsRules() {
        return sendToPath != null || sendToFd >= 0;
    }

    /** The group to register for at {@link #receivePath()}: 32 bits, unsigned. */
    long receiveGroup() {
        return receiveGroup;
    }

    /** The register socket of {@code -P}, or null. */
    String receivePath() {
        return receivePath;
    }

    boolean substitute() {
        return substitute;
    }

    int workers() {
        return workers;
    }

    int queueLimit() {
        return queueLimit;
    }

    long handoffTimeoutNs() {
        return handoffTimeoutNs;
    }

    /** Whether to take the place of a running server. */
    boolean takeover() {
        return takeover;
    }

    /** The control socket, or null for the default. */
    String controlPath() {
        return controlPath;
    }

    /** Whether {@code --status} asks again and again. */
    boolean watch() {
        return watch;
    }

    /** Whether {@code --status} wants JSON. */
    boolean json() {
        return json;
    }

    /** Where metrics are served, or null. */
    MetricsAddress metrics() {
        return metrics;
    }

    boolean logConnections() {
        return logConnections;
    }

    LogOptions log() {
        return log;
    }

    boolean strict() {
        return strict;
    }

    String explainLocal() {
        return explainLocal;
    }

    /** The peer to explain for, or null. */
    String explainRemote() {
        return explainRemote;
    }
}
