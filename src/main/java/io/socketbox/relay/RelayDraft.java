package io.socketbox.relay;

import io.socketbox.config.Endpoint;
import io.socketbox.linux.ByteStrings;
import io.socketbox.program.Account;
import io.socketbox.program.CommandOption;
import io.socketbox.program.Quantity;
import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.receive.Deadline;
import io.socketbox.receive.SocketFile;

/** A {@link RelaySpec} in the making, from a command line or from a line of a file. */
final class RelayDraft {
    private static final int NO_FD = -1;
    /** 64:ff9b::, RFC 6052. */
    private static final long WELL_KNOWN_HI = 0x0064_ff9b_0000_0000L;

    private final TargetList targets = new TargetList();
    private String path;
    private int fd = NO_FD;
    private boolean receives;
    private int mode = SocketFile.DEFAULT_MODE;
    private Account owner;
    private boolean nat64;
    private boolean wide;
    private Endpoint prefix;
    private ProxyVersion proxy = ProxyVersion.NONE;
    private boolean transparent;
    private long connectTimeoutNs = RelaySpec.DEFAULT_CONNECT_TIMEOUT_NS;
    private long idleTimeoutNs = Deadline.NEVER;

    /** Takes one option that is about a service. */
    void apply(RelayOption option, String value) throws UsageException, SetupException {
        switch (option) {
            case LISTEN -> fd = Quantity.decimal(option, value, 0, Integer.MAX_VALUE);
            case SOCKET -> path = SocketFile.path(option, value);
            case RECEIVE -> receives = true;
            case CONNECT -> targets.address(option, value);
            case PORT -> targets.port(option, value);
            case INTERFACE -> targets.interfaceName(option, value);
            case SCOPE -> targets.scope(option, value);
            case UNIX -> targets.unix(option, value);
            case NAT64 -> nat64 = true;
            case PREFIX -> prefix(option, value);
            case WIDE -> wide = true;
            case PROXY_V1 -> proxy = ProxyVersion.V1;
            case PROXY -> proxy(option, value);
            case TRANSPARENT -> transparent = true;
            case CONNECT_TIMEOUT -> connectTimeoutNs = positive(option, value);
            case IDLE_TIMEOUT -> idleTimeoutNs = positive(option, value);
            case MODE -> mode = SocketFile.mode(option, value);
            case OWNER -> owner = Account.read(option.shown(), value);
            case FILE, USER, GRACE, CHECK, LOG_FORMAT, LOG_LEVEL, HELP, VERSION ->
                throw new UsageException(option.shown() + " is for the command line, not for a line of the file");
        }
    }

    private void prefix(CommandOption option, String value) throws UsageException {
        try {
            prefix = Endpoint.parse(value, 0);
        } catch (IllegalArgumentException e) {
            throw new UsageException(option.shown() + ": " + e.getMessage());
        }
    }

    private void proxy(CommandOption option, String value) throws UsageException {
        proxy = switch (value) {
            case "v1" -> ProxyVersion.V1;
            case "v2" -> ProxyVersion.V2;
            default -> throw Quantity.bad(option, value, "v1 or v2");
        };
    }

    private static long positive(CommandOption option, String value) throws UsageException {
        long duration = Quantity.durationNs(option, value);
        if (duration == 0) {
            throw Quantity.bad(option, value, "longer than nothing");
        }
        return duration;
    }

    /** The service, with what was said so far. */
    RelaySpec finish() throws UsageException {
        if (path != null && (fd != NO_FD || receives)) {
            throw new UsageException("-s makes a socket of its own: leave out -l and -e");
        }
        if (path == null && (owner != null || mode != SocketFile.DEFAULT_MODE)) {
            throw new UsageException("--mode and --owner are for the socket of -s");
        }
        Intake intake = path != null
                ? new Intake(new SocketFile(path, mode, owner), NO_FD, false)
                : new Intake(null, fd == NO_FD ? 0 : fd, receives);
        Nat64 mapping = mapping();
        return new RelaySpec(
                intake, targets.conclude(mapping), mapping, proxy, transparent, connectTimeoutNs, idleTimeoutNs);
    }

    /** Whether it has a socket of its own. */
    boolean hasPath() {
        return path != null;
    }

    private Nat64 mapping() throws UsageException {
        if (!nat64) {
            if (wide || prefix != null) {
                throw new UsageException("-P and -x are about the prefix of -N: give that too");
            }
            return null;
        }
        long hi = prefix == null ? WELL_KNOWN_HI : prefix.hi();
        long lo = prefix == null ? 0 : prefix.lo();
        if (wide ? lo != 0 : (lo & 0xffff_ffffL) != 0) {
            throw new UsageException("-P " + ByteStrings.display(prefix.toString()) + " has bits beyond its "
                    + (wide ? "/64" : "/96") + ", which clients' addresses fill: make them 0");
        }
        return new Nat64(hi, lo, wide);
    }
}
