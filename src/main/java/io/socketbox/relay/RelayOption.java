package io.socketbox.relay;

import io.socketbox.program.CommandOption;
import io.socketbox.program.LogOptions;

/** Every option of socketbox-relay: command line, file of services, {@code --help} and manual page follow it. */
enum RelayOption implements CommandOption {
    LISTEN('l', "listen", "FD", "Take connections from descriptor FD, a listening socket (default: 0)."),
    SOCKET(
            's',
            "socket",
            "PATH",
            "Make a datagram socket at PATH and take the connections that socketbox sends there."),
    RECEIVE('e', "receive", null, "Receive descriptors on the descriptor of -l, which does not listen then."),
    CONNECT(
            'c',
            "connect",
            "ADDR",
            "Relay to this IPv6 or IPv4 address (default: ::1), also with its port: [ADDR]:PORT, 192.0.2.1:80. Given more than once, targets take turns, and the next one is tried when one fails."),
    PORT(
            'p',
            "port",
            "PORT",
            "Port of the targets before it that have none (default: 80), or of all if it comes first. With -N, 0 keeps the one that the client connected to."),
    INTERFACE('I', "interface", "IF", "Network interface of link-local targets."),
    SCOPE('n', "scope", "ID", "The same by its index."),
    UNIX(
            'u',
            "unix",
            "PATH",
            "Relay to this UNIX stream socket; @ first means an abstract one. May be given more than once and beside -c."),
    NAT64(
            'N',
            "nat64",
            null,
            "Put the low bits of the address that the client connected to, which has to lie in the prefix of -P, into the target's address, or append them to the path of -u as a hyphen and hexadecimal digits."),
    PREFIX('P', "prefix", "ADDR", "The prefix of -N (default: 64:ff9b::)."),
    WIDE('x', "prefix-64", null, "The prefix is a /64 and its 64 low bits are used; else it is a /96 with 32."),
    PROXY_V1('i', "proxy-v1", null, "The same as --proxy v1."),
    PROXY(
            '\0',
            "proxy",
            "VERSION",
            "Send the client's address in a PROXY protocol header, v1 or v2, before its bytes."),
    TRANSPARENT(
            '\0',
            "transparent",
            null,
            "Connect from the client's own address (IPV6_TRANSPARENT); takes CAP_NET_ADMIN and routes that bring the answers back."),
    CONNECT_TIMEOUT(
            '\0',
            "connect-timeout",
            "DURATION",
            "How long a target may take to answer, as in 500ms, 10s or 2m (default: 10s)."),
    IDLE_TIMEOUT(
            '\0',
            "idle-timeout",
            "DURATION",
            "Reset connections on which nothing was sent for so long (default: never)."),
    MODE('\0', "mode", "MODE", "Permissions of the socket of -s, octal (default: 0660)."),
    OWNER('\0', "owner", "USER:GROUP", "Owner of the socket of -s; either may be left out."),
    FILE('f', "file", "FILE", "Serve the services that FILE describes, one a line; SIGHUP reads it anew."),
    USER(
            '\0',
            "user",
            "USER[:GROUP]",
            "Become this user, for good, once the sockets are open; a name brings its group along. Not with --transparent."),
    GRACE(
            '\0',
            "grace",
            "DURATION",
            "How long SIGTERM waits for connections to end (default: 30s); those that are left are reset."),
    CHECK(
            '\0',
            "check",
            null,
            "Read command line and FILE, say what would be served and exit: 0, or 1 when there are errors."),
    LOG_FORMAT('\0', "log-format", "FORMAT", LogOptions.FORMAT),
    LOG_LEVEL('\0', "log-level", "LEVEL", LogOptions.LEVEL),
    HELP('h', "help", null, "Print this text and exit."),
    VERSION('V', "version", null, "Print the version and exit.");

    @SuppressWarnings("ImmutableEnumChecker") // It is a record of strings.
    private final Text text;

    RelayOption(char letter, String longName, String valueName, String description) {
        text = new Text(letter, longName, valueName, description);
    }

    @Override
    public Text text() {
        return text;
    }
}
