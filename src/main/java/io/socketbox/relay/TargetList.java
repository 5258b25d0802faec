package io.socketbox.relay;

import io.socketbox.config.Endpoint;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.program.CommandOption;
import io.socketbox.program.Quantity;
import io.socketbox.program.UsageException;
import java.util.ArrayList;
import java.util.List;

/** The targets of a service, as {@code -c}, {@code -p}, {@code -u} and the interface options name them in turn. */
final class TargetList {
    private static final int NO_PORT = -1;
    private static final int DEFAULT_PORT = 80;
    private static final int MAX_PORT = 65_535;
    private static final int LONGEST_NAME = 107;
    /** A hyphen and the 16 digits of {@code -N -x}. */
    private static final int LONGEST_SUFFIX = 17;

    private final List<Target> targets = new ArrayList<>();
    private int defaultPort = NO_PORT;
    private boolean anyPort;
    private int scopeId;

    void address(CommandOption option, String text) throws UsageException {
        int percent = text.indexOf('%');
        int end = percent < 0 ? -1 : text.indexOf(']', percent);
        String scope = percent < 0 ? "" : text.substring(percent + 1, end < 0 ? text.length() : end);
        String plain = percent < 0 ? text : text.substring(0, percent) + (end < 0 ? "" : text.substring(end));
        try {
            Endpoint endpoint = Endpoint.parse(plain, NO_PORT);
            int index = percent < 0 ? 0 : scopeId(option, scope);
            targets.add(new Target(null, endpoint.hi(), endpoint.lo(), endpoint.port(), index));
        } catch (IllegalArgumentException e) {
            throw new UsageException(option.shown() + ": " + e.getMessage());
        }
    }

    void port(CommandOption option, String text) throws UsageException {
        int port = Quantity.decimal(option, text, 0, MAX_PORT);
        if (targets.isEmpty()) {
            defaultPort = port;
        }
        targets.replaceAll(target -> isWithout(target) ? withPort(target, port) : target);
        anyPort = true;
    }

    private static boolean isWithout(Target target) {
        return !target.isUnix() && target.port() == NO_PORT;
    }

    private static Target withPort(Target target, int port) {
        return new Target(null, target.hi(), target.lo(), port, target.scopeId());
    }

    void unix(CommandOption option, String text) throws UsageException {
        if (text.isEmpty() || text.equals("@") || text.length() > LONGEST_NAME) {
            throw Quantity.bad(option, text, "a path, or @ and a name, of 1 to " + LONGEST_NAME + " bytes");
        }
        targets.add(Target.unix(text.charAt(0) == '@' ? "\0" + text.substring(1) : text));
    }

    void scope(CommandOption option, String text) throws UsageException {
        scopeId = Quantity.decimal(option, text, 1, Integer.MAX_VALUE);
    }

    void interfaceName(CommandOption option, String text) throws UsageException {
        scopeId = scopeId(option, text);
    }

    private static int scopeId(CommandOption option, String name) throws UsageException {
        var number = Quantity.cLiteral(name);
        if (number.isPresent() && number.getAsLong() <= Integer.MAX_VALUE) {
            return (int) number.getAsLong();
        }
        try {
            return Sockets.interfaceIndex(name);
        } catch (LinuxException e) {
            throw new UsageException(option.shown() + ": " + e.getMessage() + "; `ip link` lists the interfaces");
        }
    }

    /** All of them; at least one. */
    List<Target> conclude(Nat64 nat64) throws UsageException {
        int port = defaultPort == NO_PORT ? DEFAULT_PORT : defaultPort;
        if (targets.isEmpty()) {
            targets.add(new Target(null, 0, 1, port, 0));
        } else if (anyPort && targets.stream().allMatch(Target::isUnix)) {
            throw new UsageException("-p is for targets of -c, and there are only UNIX sockets");
        }
        List<Target> all = new ArrayList<>();
        for (Target target : targets) {
            all.add(target.isUnix() ? target : finished(target, port));
        }
        check(all, nat64);
        return List.copyOf(all);
    }

    private Target finished(Target target, int port) {
        boolean linkLocal = target.hi() >>> 54 == 0xfe80 >>> 6;
        int scope = target.scopeId() == 0 && linkLocal ? scopeId : target.scopeId();
        return new Target(null, target.hi(), target.lo(), isWithout(target) ? port : target.port(), scope);
    }

    private static void check(List<Target> all, Nat64 nat64) throws UsageException {
        for (Target target : all) {
            if (nat64 == null && !target.isUnix() && target.port() == 0) {
                throw new UsageException(
                        target.display() + ": port 0 means the one that the client connected to, which takes -N");
            }
            if (nat64 != null && target.isUnix() && target.unixName().length() > LONGEST_NAME - LONGEST_SUFFIX) {
                throw new UsageException(target.display() + ": with what -N appends, the path is longer than "
                        + LONGEST_NAME + " bytes");
            }
        }
    }
}
