package io.socketbox.server;

import io.socketbox.program.CommandOption;
import io.socketbox.program.GetoptScanner;
import io.socketbox.program.LogOptions;

/**
 * Every option of the socketbox program: the one place that knows letters, long names and what they mean.
 *
 * <p>{@link GetoptScanner} reads command lines by it and {@link HelpPages} derives {@code --help}, the option table of
 * the manual page and the shell completion from it. The letters are those of the original's
 * {@code getopt(3)} string {@code +f:l:p:tFRrs:eu:g:G:kdx:S:i:b:zP:U}; what came later has a long name, and a letter only where the
 * original left it free.
 */
enum ServerOption implements CommandOption {
    CONFIG('f', "config", "FILE", "Read the rules from FILE, opened before -x (default: /etc/socketbox.conf)."),
    LISTEN(
            'l',
            "listen",
            "ADDRESS",
            "Listen on this IPv6 or IPv4 address, also with a scope as in fe80::1%%eth0"
                    + " (default: ::). May be repeated: see LISTENERS."),
    PORT(
            'p',
            "port",
            "PORT",
            "Listen on this port (default: 80); 0 lets the kernel choose, and prints its choice."
                    + " May be repeated: see LISTENERS."),
    BACKLOG('b', "backlog", "N", "Connections that may wait in the kernel to be accepted (default: 4096)."),
    TRANSPARENT('t', "transparent", null, "Set IPV6_TRANSPARENT before bind, as TPROXY needs it."),
    FREEBIND('F', "freebind", null, "Set IPV6_FREEBIND before bind: the address need not be there yet."),
    REUSE_PORT('r', "reuse-port", null, "Set SO_REUSEPORT before bind; with -w every worker has a socket of its own."),
    NO_REUSE_ADDRESS('R', "no-reuse-address", null, "Do not set SO_REUSEADDR, which is set otherwise."),
    CLEAR_TRANSPARENT('z', "clear-transparent", null, "Clear IPV6_TRANSPARENT on every accepted connection."),
    LISTEN_FD('s', "listen-fd", "FD", "Use this inherited stream socket, bound or listening, in place of -l and -p."),
    EXEC(
            'e',
            "exec",
            null,
            "Bind, give up privileges, set SKBOX_LISTEN_FD in the environment and execute PROGRAM,"
                    + " which has to call listen(2)."),
    USER('u', "user", "USER", "Become this user; a name (not a number) brings its group along unless -g is given."),
    GROUP('g', "group", "GROUP", "Become this group."),
    GROUPS('G', "groups", "GROUP,...", "Keep exactly these supplementary groups."),
    KEEP_GROUPS('k', "keep-groups", null, "Leave the supplementary groups alone; else a change of group clears them."),
    CHROOT('x', "chroot", "DIR", "Change root to DIR, once the configuration is open."),
    DAEMONIZE(
            'd',
            "daemonize",
            null,
            "Go on in the background: returns when connections are accepted, or with the"
                    + " error and exit status of the failed start."),
    SEND_TO('S', "send-to", "PATH", "Skip the rules: hand everything over to this UNIX datagram socket."),
    SEND_TO_FD('i', "send-to-fd", "FD", "Skip the rules: hand everything over through this inherited descriptor."),
    RECEIVE_FROM(
            'P',
            "receive-from",
            "GROUP:/PATH",
            "Do not listen: register with the socketbox at /PATH as a receiver"
                    + " of GROUP, and dispatch the connections that it hands over."),
    SUBSTITUTE(
            'U',
            "substitute",
            null,
            "Replace #//0_ to #//7_ and #//P_ in paths by the words of the local address" + " and the local port."),
    WORKERS('w', "workers", "N", "Dispatch with N threads (default: 1)."),
    QUEUE('\0', "queue", "N", "Connections that may wait for one destination (default: 4096)."),
    HANDOFF_TIMEOUT(
            '\0',
            "handoff-timeout",
            "DURATION",
            "How long a connection may wait for its destination, as in" + " 10s, 500ms or 2m (default: 10s)."),
    CONTROL(
            '\0',
            "control",
            "PATH",
            "Answer at this control socket, made before -x and -u; or ask the server there"
                    + " (default: /run/socketbox/control, if that folder exists)."),
    TAKEOVER(
            '\0',
            "takeover",
            null,
            "Take the place of the server that runs with this control socket, without a refused or"
                    + " lost connection: see TAKEOVER."),
    PING('\0', "ping", null, "Ask a running server for its version and process id: 0 when it answers, else 1."),
    RELOAD(
            '\0',
            "reload",
            null,
            "Have a running server read its configuration anew; waits, and says what changed, or what is wrong: then"
                    + " everything stays as it was."),
    STATUS('\0', "status", null, "Ask a running server what it is doing."),
    WATCH('\0', "watch", null, "With --status: ask again every second, until interrupted."),
    JSON('\0', "json", null, "With --status: as JSON."),
    METRICS(
            '\0',
            "metrics",
            "WHERE",
            "Serve metrics for Prometheus and a status page over HTTP at PORT on the loopback addresses, at"
                    + " [ADDRESS]:PORT, or at a UNIX socket, a PATH with a slash in it."),
    LOG_CONNECTIONS(
            '\0', "log-connections", null, "Log a line for each connection: ends, rule, destination, outcome, time."),
    LOG_FORMAT('\0', "log-format", "FORMAT", LogOptions.FORMAT),
    LOG_LEVEL('\0', "log-level", "LEVEL", LogOptions.LEVEL),
    CHECK('\0', "check", null, "Read the configuration, say what it would do and exit: 0, or 1 when it has errors."),
    STRICT('\0', "strict", null, "With --check: let warnings count as errors."),
    EXPLAIN(
            '\0',
            "explain",
            "LOCAL",
            "Say which rules a connection to LOCAL, written [ADDRESS]:PORT, runs through, and"
                    + " where it ends. The peer may follow as REMOTE."),
    HELP('h', "help", null, "Print this text and exit."),
    VERSION('V', "version", null, "Print the version and exit.");

    @SuppressWarnings("ImmutableEnumChecker") // It is a record of strings.
    private final Text text;

    ServerOption(char letter, String longName, String valueName, String description) {
        text = new Text(letter, longName, valueName, description);
    }

    @Override
    public Text text() {
        return text;
    }
}
