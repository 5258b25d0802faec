package io.socketbox.server;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.program.SetupException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/**
 * The sockets to accept from: made and bound as the options say, not listening yet. The process owns the descriptors
 * until it ends.
 */
final class ListenSockets {
    private static final int LONGEST_NUMBER = 32;
    private static final Path UNPRIVILEGED_PORTS = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");

    private final int[][] byWorker;

    private ListenSockets(int[][] byWorker) {
        this.byWorker = byWorker;
    }

    /**
     * Makes the sockets that {@code -l}, {@code -p} and {@code -s} ask for.
     *
     * @throws SetupException when one cannot be had, saying what to do about it.
     */
    static ListenSockets open(ServerOptions options) throws SetupException {
        if (options.receivePath() != null) {
            return new ListenSockets(new int[options.workers()][0]);
        }
        if (options.listenFd() >= 0) {
            InheritedSocket.check(options.listenFd());
            return shared(List.of(options.listenFd()), options.workers());
        }
        boolean ownSockets = options.reusePort() && options.mode() != ServerOptions.Mode.EXECUTE;
        List<int[]> byWorker = new ArrayList<>();
        for (int worker = 0; worker < (ownSockets ? options.workers() : 1); worker++) {
            int[] previous = worker == 0 ? new int[0] : byWorker.getFirst();
            byWorker.add(bindAll(options, previous));
        }
        return ownSockets
                ? new ListenSockets(byWorker.toArray(new int[0][]))
                : shared(Arrays.stream(byWorker.getFirst()).boxed().toList(), options.workers());
    }

    private static ListenSockets shared(List<Integer> fds, int workers) {
        int[][] byWorker = new int[workers][];
        Arrays.setAll(
                byWorker, worker -> fds.stream().mapToInt(Integer::intValue).toArray());
        return new ListenSockets(byWorker);
    }

    /** One socket for each address; where {@code first} has sockets for them already, at the ports that those got. */
    private static int[] bindAll(ServerOptions options, int[] first) throws SetupException {
        List<ListenAddress> addresses = options.listenAddresses();
        int[] fds = new int[addresses.size()];
        for (int i = 0; i < fds.length; i++) {
            ListenAddress address = addresses.get(i);
            int port = i < first.length ? Sockets.localAddress(first[i]).port() : address.port();
            fds[i] = bind(options, new ListenAddress(address.host(), port));
        }
        return fds;
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
                "; ports below ip_unprivileged_port_start (" + unprivilegedPortStart()
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

    /** The sysctl's value as text; where it cannot be read, the kernel's default. */
    static String unprivilegedPortStart() {
        // A sysctl gives everything to the first read and nothing to a second one, which Files.readString relies on.
        try (InputStream sysctl = Files.newInputStream(UNPRIVILEGED_PORTS)) {
            byte[] text = new byte[LONGEST_NUMBER];
            int length = sysctl.read(text);
            return new String(text, 0, Math.max(0, length), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "1024";
        }
    }

    /** Lets connections come in, and makes the sockets non-blocking for those who will accept them. */
    void listen(int backlog) throws SetupException {
        int[] distinct =
                Arrays.stream(byWorker).flatMapToInt(Arrays::stream).distinct().toArray();
        for (int fd : distinct) {
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

    /** The one socket that there is with {@code -e}. */
    int single() {
        return byWorker[0][0];
    }

    /** The addresses with the ports that were really bound, as {@code [::]:80, [::]:443}. */
    String display() {
        StringJoiner shown = new StringJoiner(", ");
        for (int fd : byWorker[0]) {
            shown.add(Sockets.localAddress(fd).toString());
        }
        return shown.toString();
    }
}
