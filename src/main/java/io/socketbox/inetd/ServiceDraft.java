package io.socketbox.inetd;

import io.socketbox.linux.ByteStrings;
import io.socketbox.program.Account;
import io.socketbox.program.CommandOption;
import io.socketbox.program.Quantity;
import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.receive.SocketFile;
import java.util.List;
import java.util.OptionalLong;

/** A {@link ServiceSpec} in the making, from a command line or from a line of a file. */
final class ServiceDraft {
    private static final int MOST = 1 << 20;
    private static final long MAX_GROUP = 0xffff_ffffL;

    private String path;
    private long group = Place.NONE;
    private boolean reconnect;
    private int mode = SocketFile.DEFAULT_MODE;
    private Account owner;
    private Account user;
    private int children = Limits.DEFAULT.children();
    private int perClient = Limits.DEFAULT.perClient();
    private int queue = Limits.DEFAULT.queue();
    private boolean standardError;

    void path(CommandOption name, String value) throws UsageException {
        path = SocketFile.path(name, value);
    }

    void group(CommandOption name, String value) throws UsageException {
        OptionalLong number = Quantity.cLiteral(value);
        if (number.isEmpty()) {
            throw Quantity.bad(name, value, "a group number from 0 to " + MAX_GROUP);
        }
        group = number.getAsLong();
    }

    void reconnect() {
        reconnect = true;
    }

    void mode(CommandOption name, String value) throws UsageException {
        mode = SocketFile.mode(name, value);
    }

    void owner(CommandOption name, String value) throws SetupException {
        owner = Account.read(name.shown(), value);
    }

    void user(CommandOption name, String value) throws SetupException {
        user = Account.read(name.shown(), value);
        if (user.uid() == Account.NONE || user.gid() == Account.NONE) {
            throw new SetupException(name.shown() + " " + ByteStrings.display(value)
                    + ": a user and a group are needed; only the name of a user brings a group along");
        }
    }

    void children(CommandOption name, String value) throws UsageException {
        children = Quantity.decimal(name, value, 1, MOST);
    }

    void perClient(CommandOption name, String value) throws UsageException {
        perClient = Quantity.decimal(name, value, 1, MOST);
    }

    void queue(CommandOption name, String value) throws UsageException {
        queue = Quantity.decimal(name, value, Limits.LEAST_QUEUE, MOST);
    }

    void standardError() {
        standardError = true;
    }

    /** Whether it has a path. */
    boolean hasPath() {
        return path != null;
    }

    /** Whether it has a group, and so is a registration. */
    boolean hasGroup() {
        return group != Place.NONE;
    }

    /** The service, with what was said so far. */
    ServiceSpec finish(List<String> program) {
        return new ServiceSpec(
                new Place(path, group, reconnect, mode, owner),
                new Limits(children, perClient, queue),
                user,
                standardError,
                List.copyOf(program));
    }
}
