package io.socketbox.relay;

import io.socketbox.linux.ByteStrings;
import io.socketbox.program.Account;
import io.socketbox.program.GetoptScanner;
import io.socketbox.program.LogOptions;
import io.socketbox.program.Quantity;
import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.receive.Program.Task;
import java.util.List;

/** What a command line asks for. Strings are byte strings. */
final class RelayOptions {
    static final String PROGRAM = "socketbox-relay";

    private static final long DEFAULT_GRACE_NS = 30_000_000_000L;

    private final RelayDraft draft = new RelayDraft();
    private RelayOption ofService;
    private final LogOptions log = new LogOptions();
    private Task task = Task.SERVE;
    private String file;
    private Account user;
    private long graceNs = DEFAULT_GRACE_NS;
    private RelaySpec service;

    private RelayOptions() {}

    /**
     * Reads a command line.
     *
     * @param args what follows the program's name.
     * @throws UsageException when it makes no sense.
     * @throws SetupException when it names a user or group that there is not.
     */
    static RelayOptions read(List<String> args) throws UsageException, SetupException {
        RelayOptions options = new RelayOptions();
        for (GetoptScanner.Occurrence<RelayOption> occurrence : scan(args)) {
            options.apply(occurrence.option(), occurrence.value());
        }
        if (options.task == Task.SERVE || options.task == Task.CHECK) {
            options.conclude();
        }
        return options;
    }

    /**
     * Reads the words of a line of the file, which are the options of one service.
     *
     * @throws UsageException when they make no sense.
     * @throws SetupException when they name a user or group that there is not.
     */
    static RelaySpec readService(List<String> words) throws UsageException, SetupException {
        RelayDraft draft = new RelayDraft();
        for (GetoptScanner.Occurrence<RelayOption> occurrence : scan(words)) {
            draft.apply(occurrence.option(), occurrence.value());
        }
        if (!draft.hasPath()) {
            throw new UsageException("a service of the file has a socket of its own: write -s PATH");
        }
        return draft.finish();
    }

    private static List<GetoptScanner.Occurrence<RelayOption>> scan(List<String> args) throws UsageException {
        GetoptScanner.Scan<RelayOption> scan = GetoptScanner.scan(PROGRAM, List.of(RelayOption.values()), args);
        if (!scan.rest().isEmpty()) {
            throw new UsageException("'" + ByteStrings.display(scan.rest().getFirst()) + "' is no option; " + PROGRAM
                    + " --help lists them all");
        }
        return scan.occurrences();
    }

    private void apply(RelayOption option, String value) throws UsageException, SetupException {
        switch (option) {
            case FILE -> file = nonEmpty(option, value);
            case GRACE -> graceNs = Quantity.durationNs(option, value);
            case USER -> user = Account.read(option.shown(), value);
            case CHECK -> task = task.or(Task.CHECK);
            case LOG_FORMAT -> log.format(option, value);
            case LOG_LEVEL -> log.level(option, value);
            case HELP -> task = task.or(Task.HELP);
            case VERSION -> task = task.or(Task.VERSION);
            default -> {
                draft.apply(option, value);
                ofService = option;
            }
        }
    }

    private static String nonEmpty(RelayOption option, String value) throws UsageException {
        if (value.isEmpty()) {
            throw Quantity.bad(option, value, "a value: it is empty");
        }
        return value;
    }

    private void conclude() throws UsageException {
        if (file == null) {
            service = draft.finish();
        } else if (ofService != null) {
            throw new UsageException(ofService.shown() + " is for one service; with -f, write it in the lines of "
                    + ByteStrings.display(file));
        }
    }

    LogOptions log() {
        return log;
    }

    /** What to do at all. */
    Task task() {
        return task;
    }

    /** The file of services, or null when there is {@link #service}. */
    String file() {
        return file;
    }

    /** The only service, or null when there is a {@link #file}. */
    RelaySpec service() {
        return service;
    }

    /** Whom to become once sockets are open, or null. */
    Account user() {
        return user;
    }

    /** How long the end waits for connections. */
    long graceNs() {
        return graceNs;
    }
}
