package io.socketbox.inetd;

import io.socketbox.program.CommandOption;
import io.socketbox.program.LogOptions;

/** Every option of socketbox-inetd and socketbox-inetd-p: command line, {@code --help} and manual page follow it. */
enum InetdOption implements CommandOption {
    CHILDREN(
            'c',
            "children",
            "N",
            "Have at most N children at once (default: 1024); more connections wait on the sending side."),
    PER_CLIENT(
            'C',
            "per-client",
            "N",
            "Have at most N children for one client address; its further connections wait, those of others go on."),
    QUEUE(
            '\0',
            "queue",
            "N",
            "Connections that may wait because of -C, half of them one client's (default: 8192); what a client opens"
                    + " beyond is reset, and when all are taken, nothing is received until some are served."),
    FILE('f', "file", "FILE", "Serve the services that FILE describes, one a line; SIGHUP reads it anew."),
    USER('u', "user", "USER", "Become this user once the sockets are open; a name brings its group along."),
    GROUP('g', "group", "GROUP", "Become this group."),
    MODE('\0', "mode", "MODE", "Permissions of the socket, octal (default: 0660)."),
    OWNER('\0', "owner", "USER:GROUP", "Owner of the socket; either may be left out."),
    STDERR('\0', "stderr", null, "Give children the connection as standard error too."),
    GRACE(
            '\0',
            "grace",
            "DURATION",
            "How long SIGTERM waits for children to end, as in 500ms, 10s or 2m (default: 30s); those that are left"
                    + " go on alone."),
    RECONNECT('\0', "reconnect", null, "Register anew when the server went away or is not there yet, and stay."),
    CHECK(
            '\0',
            "check",
            null,
            "Read the command line and the file of services, say what would be served and exit: 0, or 1 when there are"
                    + " errors."),
    LOG_FORMAT('\0', "log-format", "FORMAT", LogOptions.FORMAT),
    LOG_LEVEL('\0', "log-level", "LEVEL", LogOptions.LEVEL),
    HELP('h', "help", null, "Print this text and exit."),
    VERSION('V', "version", null, "Print the version and exit.");

    @SuppressWarnings("ImmutableEnumChecker") // It is a record of strings.
    private final Text text;

    InetdOption(char letter, String longName, String valueName, String description) {
        text = new Text(letter, longName, valueName, description);
    }

    @Override
    public Text text() {
        return text;
    }
}
