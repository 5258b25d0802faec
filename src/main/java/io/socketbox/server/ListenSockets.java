package io.socketbox.server;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.Sysctl;
import io.socketbox.program.SetupException;
import io.socketbox.server.takeover.Inheritance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The sockets to accept from: made and bound as the options say, not listening yet. The process owns the descriptors
 * until it ends.
 */
final class ListenSockets {
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;

    private final int[][] byWorker;
    private final List<String> names;

    private ListenSockets(int[][] byWorker, Map<Integer, String> knownNames) {
        this.byWorker = byWorker;
        this.names = StoredListeners.names(distinct(), knownNames);
    }

    /**
     * Makes the sockets that {@code -l}, {@code -p} and {@code -s} ask for, as far as they are not there already.
     *
     * @param given used where they fit; all of them, where the options name no address.
     * @throws SetupException when one cannot be had, saying what to do about it.
     */
    static ListenSockets open(ServerOptions options, GivenListeners given) throws SetupException {
        if (options.receivePath() != null) {
            return new ListenSockets(new int[options.workers()][0], Map.of());
        }
        boolean ownSockets = options.reusePort() && options.mode() != ServerOptions.Mode.EXECUTE;
        Map<Integer, String> names = new HashMap<>();
        List<int[]> byAddress = new ArrayList<>();
        if (options.listenFd() >= 0 && !given.isTakeover()) {
            InheritedSocket.check(options.listenFd());
            byAddress.add(new int[] {options.listenFd()});
            ownSockets = false;
        } else if (!given.isEmpty() && (!options.listenAddressesGiven() || options.listenFd() >= 0)) {
            given.takeAll().forEach(item -> byAddress.add(new int[] {keep(item, names)}));
        } else {
            byAddress.addAll(openAll(options, given, names, ownSockets ? options.workers() : 1));
        }
        for (int[] sockets : byAddress) {
            for (int fd : sockets) {
                if (names.containsKey(fd) && options.transparent()) {
                    makeTransparent(fd);
                }
            }
        }
        return new ListenSockets(share(byAddress, options.workers(), ownSockets), names);
    }

    private static int keep(Inheritance.Item item, Map<Integer, String> names) {
        names.put(item.fd(), item.name());
        return item.fd();
    }

    private static void makeTransparent(int fd) throws SetupException {
        if (Sockets.getOption(fd, SocketOption.IPV6_TRANSPARENT) == 0) {
            setOption(fd, SocketOption.IPV6_TRANSPARENT, true);
        }
    }

    /** The sockets of each address. Those with a port of their own choose first among what is given. */
    private static List<int[]> openAll(
            ServerOptions options, GivenListeners given, Map<Integer, String> names, int count) throws SetupException {
        List<ListenAddress> addresses = options.listenAddresses();
        int[][] sockets = new int[addresses.size()][];
        for (boolean anyPort : new boolean[] {false, true}) {
            for (int i = 0; i < sockets.length; i++) {
                ListenAddress address = addresses.get(i);
                if (anyPort == (address.port() == 0)) {
                    List<Inheritance.Item> items = given.take(address.resolve(), address.port());
                    sockets[i] =
                            items.stream().mapToInt(item -> keep(item, names)).toArray();
                }
            }
        }
        for (int i = 0; i < sockets.length; i++) {
            if (sockets[i].length == 0) {
                sockets[i] = bindGroup(options, addresses.get(i), count);
            }
        }
        return List.of(sockets);
    }

    /** Sockets of one address; where the kernel chooses the port, all at the one of the first. */
    private static int[] bindGroup(ServerOptions options, ListenAddress address, int count) throws SetupException {
        int[] fds = new int[count];
        for (int i = 0; i < count; i++) {
            int port = i == 0 ? address.port() : Sockets.localAddress(fds[0]).port();
            fds[i] = bind(options, new ListenAddress(address.host(), port));
        }
        return fds;
    }

    /**
     * Deals the sockets out. Workers share every socket; or each has its own, where an address that has more than
     * workers gives some two, and one that has fewer lets some share.
     */
    private static int[][] share(List<int[]> byAddress, int workers, boolean ownSockets) {
        int[][] byWorker = new int[workers][];
        for (int w = 0; w < workers; w++) {
            int worker = w;
            byWorker[w] = byAddress.stream()
                    .flatMapToInt(sockets -> !ownSockets
                            ? Arrays.stream(sockets)
                            : sockets.length < workers
                                    ? IntStream.of(sockets[worker % sockets.length])
                                    : IntStream.range(0, sockets.length)
                                            .filter(i -> i % workers == worker)
                                            .map(i -> sockets[i]))
                    .toArray();
        }
        return byWorker;
    }

    private static int bind(ServerOptions options, ListenAddress address) throws SetupException {
        ListenAddress.Resolved where = address.resolve();
        int fd = socket();
        setOption(fd, SocketOption.SO_REUSEADDR, options.reuseAddress());
        setOption(fd, SocketOption.SO_REUSEPORT, options.reusePort());
        setOption(fd, SocketOption.IPV6_TRANSPARENT, options.transparent());
        setOption(fd, SocketOption.IPV6_FREEBIND, options.freebind());
        try {
            Sockets.bindInet6(fd, where.hi(), where.lo(), address.port(), where.scopeId());
        } catch (LinuxException e) {
            throw new SetupException(e.getMessage() + bindAdvice(e.errno(), address.port(), where), e);
        }
        return fd;
    }

    private static int socket() throws SetupException {
        try {
            return Sockets.socket(Sockets.AF_INET6, Sockets.STREAM);
        } catch (LinuxException e) {
            String advice = e.errno() == Errno.EAFNOSUPPORT
                    ? "; this kernel runs without IPv6 (ipv6.disable=1?), which listening on IPv4 needs too"
                    : "";
            throw new SetupException(e.getMessage() + advice, e);
        }
    }

    private static void setOption(int fd, SocketOption option, boolean wanted) throws SetupException {
        if (!wanted) {
            return;
        }
        try {
            Sockets.setOption(fd, option, 1);
        } catch (LinuxException e) {
            String advice = e.errno() == Errno.EPERM ? "; it needs CAP_NET_ADMIN or CAP_NET_RAW: start as root" : "";
            throw new SetupException(e.getMessage() + advice, e);
        }
    }

    private static String bindAdvice(int errno, int port, ListenAddress.Resolved where) {
        return switch (errno) {
            case Errno.EACCES ->
                "; ports below ip_unprivileged_port_start ("
                        + Sysctl.number("net/ipv4/ip_unprivileged_port_start", FIRST_UNPRIVILEGED_PORT)
                        + ") need CAP_NET_BIND_SERVICE: start as root (with -u), or lower that sysctl";
            case Errno.EADDRINUSE ->
                "; another socket has it: `ss -ltnp sport = :" + port + "` shows whose, -r lets several share it";
            case Errno.EADDRNOTAVAIL ->
                "; this machine does not have the address: add it, or a route for its whole prefix"
                        + " (ip -6 route add local PREFIX dev lo), or bind without it (-F)";
            case Errno.EINVAL ->
                where.isLinkLocal() && where.scopeId() == 0
                        ? "; a link-local address needs its interface, as in fe80::1%eth0"
                        : "";
            default -> "";
        };
    }

    /** Lets connections come in, and makes the sockets non-blocking for those who will accept them. */
    void listen(int backlog) throws SetupException {
        for (int fd : distinct()) {
            try {
                Descriptors.setNonBlocking(fd, true);
                Sockets.listen(fd, backlog);
            } catch (LinuxException e) {
                String advice = e.errno() == Errno.EADDRINUSE ? "; another socket listens on its port already" : "";
                throw new SetupException(e.getMessage() + advice, e);
            }
        }
    }

    /** The descriptors of every worker; the same ones for all, or with {@code -r} some of its own for each. */
    int[][] byWorker() {
        return byWorker;
    }

    /** All sockets, numbered as the engine numbers them. */
    List<Integer> distinct() {
        return Arrays.stream(byWorker)
                .flatMapToInt(Arrays::stream)
                .distinct()
                .boxed()
                .toList();
    }

    /** Their names at the service manager, by their numbers. */
    List<String> names() {
        return names;
    }

    /** The one socket that there is with {@code -e}. */
    int single() {
        return byWorker[0][0];
    }

    /** The addresses with the ports that were really bound, as {@code [::]:80, [::]:443}. */
    String display() {
        return distinct().stream()
                .map(fd -> Sockets.localAddress(fd).toString())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
