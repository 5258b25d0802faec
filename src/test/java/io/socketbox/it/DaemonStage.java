package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the tests with real daemons share: a server that sends everything to one daemon, and clients in a namespace of
 * their own.
 */
final class DaemonStage implements AutoCloseable {
    static final int SIGHUP = 1;
    static final int SIGINT = 2;
    static final int SIGQUIT = 3;
    static final int SIGUSR1 = 10;
    static final int SIGUSR2 = 12;
    static final int SIGTERM = 15;

    /** A request and the end of its answer, where the daemon speaks HTTP and has this to say. */
    static final String GET = "GET /hello HTTP/1.0\r\n\r\n";

    static final String HELLO = "\r\n\r\nhello";

    /** How many connections no daemon may lose. */
    static final int BURST = 2000;

    private static final String IPV6 = "2001:db8::7";
    private static final String IPV4 = "192.0.2.7";

    private final Scene scene = new Scene();
    private List<InetSocketAddress> servers = List.of();

    Scene scene() {
        return scene;
    }

    Path path(String name) {
        return scene.path(name);
    }

    /** The daemon's socket file. */
    Path socket() {
        return scene.path("daemon");
    }

    /** Starts the server: every connection to this port goes to the daemon. */
    void serve(int port) throws IOException {
        serve(port, "jump-unix:@daemon", List.of());
    }

    /** The same with another destination, and descriptors that become the server's 3, 4, … */
    ServerProcess serve(int port, String action, List<Integer> inherited) throws IOException {
        // Daemons that give up root need to reach their files.
        scene.letOthersIn();
        servers = List.of(Scene.at(IPV6, port), Scene.at(IPV4, port));
        return scene.server(inherited, List.of(), "rule-set:0\ndefault " + action + "\n", "-p", Integer.toString(port));
    }

    /** Starts a daemon of which the library replaces the listener at {@code bind}. */
    DaemonProcess daemon(String bind, String... words) throws IOException {
        return DaemonProcess.start(scene, "daemon", bind, socket(), List.of(words));
    }

    /** Where clients connect to: over IPv6, and over IPv4. */
    List<InetSocketAddress> servers() {
        return servers;
    }

    Exchange exchange(InetSocketAddress server, String request, String wanted) {
        Exchange exchange = Exchange.with(scene.clients(), server, request, wanted);
        assertTrue(exchange.answer().contains(wanted), exchange::toString);
        return exchange;
    }

    void assertNoneLost(int count, String request, String wanted) throws InterruptedException {
        assertEquals(List.of(), Exchange.burst(scene.clients(), servers, count, request, wanted));
    }

    void assertCleanStop(DaemonProcess daemon, int signal, int status) throws Exception {
        assertEquals(status, daemon.end(signal), daemon::log);
        awaitNoSocket(); // The last to close it may be a child that ends a little later.
    }

    void awaitNoSocket() {
        Await.until(socket() + " is removed", () -> !Files.exists(socket()));
    }

    /** The client's address as inet_ntop() prints it to a daemon with an IPv6 socket. */
    static String client(Exchange exchange) {
        return exchange.client().getAddress() instanceof Inet6Address
                ? Scene.CLIENT_IPV6
                : "::ffff:" + Scene.CLIENT_IPV4;
    }

    /** The server's address as the same daemon sees it. */
    static String local(InetSocketAddress server) {
        return server.getAddress() instanceof Inet6Address ? IPV6 : "::ffff:" + IPV4;
    }

    /** Waits until the daemon has written {@code line}. */
    static void awaitLog(DaemonProcess daemon, String line) {
        Await.until("'" + line + "' in " + daemon.log(), () -> daemon.log().contains(line));
    }

    /** The process that the file names, when that is another than {@code before}. */
    static int awaitPid(Path file, int before) {
        int[] found = {-1};
        Await.until(file + " names a new process", () -> {
            try {
                found[0] = Integer.parseInt(Files.readString(file).strip());
            } catch (IOException | NumberFormatException e) {
                return false; // It is renamed and written anew.
            }
            return found[0] > 0 && found[0] != before;
        });
        return found[0];
    }

    static void awaitEnd(long pid) {
        Await.until(pid + " ends", () -> ProcessHandle.of(pid).isEmpty());
    }

    /** The user of a process, by its effective number. */
    static int userOf(long pid) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(l -> l.startsWith("Uid:"))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(line.split("\\s+")[2]);
    }

    @Override
    public void close() {
        scene.close();
    }
}
