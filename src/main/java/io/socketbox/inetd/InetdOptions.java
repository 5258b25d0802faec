package io.socketbox.inetd;

import static io.socketbox.inetd.InetdOption.*;

import io.socketbox.linux.ByteStrings;
import io.socketbox.program.CommandOption;
import io.socketbox.program.GetoptScanner;
import io.socketbox.program.LogOptions;
import io.socketbox.program.Quantity;
import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.receive.Program.Task;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a command line asks for. Strings are byte strings. */
final class InetdOptions {
    private static final long DEFAULT_GRACE_NS = 30_000_000_000L;

    /** What a line of the file says for its service. */
    private static final Set<InetdOption> OF_ONE_SERVICE =
            EnumSet.of(CHILDREN, PER_CLIENT, QUEUE, MODE, OWNER, STDERR, RECONNECT);

    private final ServiceDraft draft = new ServiceDraft();
    private final Set<InetdOption> given = EnumSet.noneOf(InetdOption.class);
    private final LogOptions log = new LogOptions();
    private Task task = Task.SERVE;
    private String file;
    private String user;
    private String group;
    private long graceNs = DEFAULT_GRACE_NS;
    private ServiceSpec service;

    private InetdOptions() {}

    /**
     * Reads a command line.
     *
     * @param program whose: socketbox-inetd or socketbox-inetd-p.
     * @param args what follows its name.
     * @throws UsageException when it makes no sense.
     * @throws SetupException when it names a user or group that there is not.
     */
    static InetdOptions read(InetdProgram program, List<String> args) throws UsageException, SetupException {
        GetoptScanner.Scan<InetdOption> scan = GetoptScanner.scan(program.programName(), program.options(), args);
        InetdOptions options = new InetdOptions();
        for (GetoptScanner.Occurrence<InetdOption> occurrence : scan.occurrences()) {
            options.given.add(occurrence.option());
            options.apply(occurrence.option(), occurrence.value());
        }
        if (options.task == Task.SERVE || options.task == Task.CHECK) {
            options.conclude(program, scan.rest());
        }
        return options;
    }

    private void apply(InetdOption option, String value) throws UsageException, SetupException {
        switch (option) {
            case CHILDREN -> draft.children(option, value);
            case PER_CLIENT -> draft.perClient(option, value);
            case QUEUE -> draft.queue(option, value);
            case FILE -> file = nonEmpty(option, value);
            case USER -> user = nonEmpty(option, value);
            case GROUP -> group = nonEmpty(option, value);
            case MODE -> draft.mode(option, value);
            case OWNER -> draft.owner(option, value);
            case STDERR -> draft.standardError();
            case GRACE -> graceNs = Quantity.durationNs(option, value);
            case RECONNECT -> draft.reconnect();
            case CHECK -> task = task.or(Task.CHECK);
            case LOG_FORMAT -> log.format(option, value);
            case LOG_LEVEL -> log.level(option, value);
            case HELP -> task = task.or(Task.HELP);
            case VERSION -> task = task.or(Task.VERSION);
        }
    }

    private static String nonEmpty(CommandOption option, String value) throws UsageException {
        if (value.isEmpty()) {
            throw Quantity.bad(option, value, "a value: it is empty");
        }
        return value;
    }

    private void conclude(InetdProgram program, List<String> operands) throws UsageException {
        if (file != null) {
            if (!operands.isEmpty()) {
                throw new UsageException("-f " + ByteStrings.display(file) + " describes all services; leave out '"
                        + ByteStrings.display(operands.getFirst()) + "'");
            }
            for (InetdOption option : given) {
                if (OF_ONE_SERVICE.contains(option)) {
                    throw new UsageException(option.shown() + " is for one service; with -f, write it in the lines of "
                            + ByteStrings.display(file));
                }
            }
            return;
        }
        int programAt = program.registers() ? 2 : 1;
        if (operands.size() <= programAt) {
            throw new UsageException(
                    "too few arguments; write " + program.synopsis() + ", or see " + program.programName() + " --help");
        }
        draft.path(Operand.SOCKET, operands.getFirst());
        if (program.registers()) {
            draft.group(Operand.GROUP, operands.get(1));
        }
        service = draft.finish(operands.subList(programAt, operands.size()));
    }

    /** What an argument that is no option is called in messages. */
    private enum Operand implements CommandOption {
        SOCKET,
        GROUP;

        @Override
        public Text text() {
            return new Text('\0', name(), name(), "");
        }

        @Override
        public String shown() {
            return name();
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
    ServiceSpec service() {
        return service;
    }

    /** Whom to become, or null. */
    String user() {
        return user;
    }

    /** The group to become, or null. */
    String group() {
        return group;
    }

    /** How long the end waits for children. */
    long graceNs() {
        return graceNs;
    }
}
