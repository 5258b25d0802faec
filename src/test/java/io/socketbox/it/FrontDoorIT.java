package io.socketbox.it;

import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import io.socketbox.testing.Answer;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Netns;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Which addresses are served, and what the daemon behind sees.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>AnyIP</td><td>addresses of one prefix reach receivers in other namespaces, from a client in yet another;
 * names and O_NONBLOCK
 * are the connection's own</td></tr>
 * <tr><td>v4-mapped</td><td>IPv4 clients, plain IPv4 rules, one listening socket</td></tr>
 * <tr><td>FREEBIND</td><td>-F binds an address that comes later; without it exit 1</td></tr>
 * <tr><td>listeners</td><td>several -l and -p in one process; -p 0 says which port</td></tr>
 * <tr><td>link-local</td><td>-l with a scope</td></tr>
 * </table>
 */
class FrontDoorIT {
    @Test
    void anyIpPrefixReachesDaemonsInTheirOwnNamespaces() {
        try (Scene scene = new Scene()) {
            Netns clients = scene.anotherNetns();
            Netns.link(clients, "north", scene.netns(), "south");
            clients.address("north", "2001:db8:c::2/64").ip("-6 route add 2001:db8::/64 via 2001:db8:c::1");
            scene.netns().address("south", "2001:db8:c::1/64");
            List<String> names = List.of("one", "half", "rest");
            names.forEach(n -> scene.with(TestReceiver.fast(scene.anotherNetns(), n, scene.path(n))));
            scene.server("""
                    rule-set:0 size:3
                    ip:2001:db8::1 jump-unix:@one
                    ip:2001:db8:0:0:8000::/65 jump-unix:@half
                    default jump-unix:@rest
                    """);
            Map<String, String> expected = Map.of(
                    "2001:db8::1", "one",
                    "2001:db8::2", "rest",
                    "2001:db8::7fff:ffff:ffff:ffff", "rest",
                    "2001:db8::8000:0:0:1", "half",
                    "2001:db8::ffff:ffff:ffff:ffff", "half");
            expected.forEach((address, receiver) -> {
                InetSocketAddress target = at(address, 80);
                Answer answer = LoadClient.one(clients, target);
                assertEquals(receiver, answer.receiver(), address);
                assertEquals(target, answer.local(), "getsockname");
                assertEquals(at("2001:db8:c::2", 0).getAddress(), answer.peer().getAddress(), "getpeername");
                assertTrue(answer.blocking(), "O_NONBLOCK was left on the connection");
            });
        }
    }

    @Test
    void ipv4ClientsMatchPlainIpv4Rules() {
        try (Scene scene = new Scene()) {
            scene.fast("one");
            scene.fast("upper");
            scene.fast("six");
            scene.server("""
                    rule-set:0
                    ip:192.0.2.1 jump-unix:@one
                    ip:::ffff:192.0.2.128/121 jump-unix:@upper
                    ip:192.0.2.0/24 fail
                    default jump-unix:@six
                    """);
            for (String[] pair :
                    new String[][] {{"192.0.2.1", "one"}, {"192.0.2.200", "upper"}, {"2001:db8::1", "six"}}) {
                InetSocketAddress target = at(pair[0], 80);
                Answer answer = LoadClient.one(scene.netns(), target);
                assertEquals(pair[1], answer.receiver());
                assertEquals(target, answer.local());
                assertEquals(TestSockets.AF_INET6, answer.family(), "a v4-mapped socket stays what it is");
            }
            Result failed = LoadClient.run(scene.netns(), List.of(at("192.0.2.2", 80)), 5, 5, 10_000);
            assertEquals(5, failed.closed() + failed.reset(), failed::toString);
        }
    }

    @Test
    void freebindListensOnAnAddressThatComesLater() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            String rules = "rule-set:0\ndefault jump-unix:@r\n";
            List<String> arguments = List.of("-f", scene.config(rules).toString(), "-l", "2001:db8:f::1", "-p", "8080");
            try (ServerProcess refused = ServerProcess.launch(scene.netns(), arguments, List.of(), List.of())) {
                assertEquals(1, refused.awaitExit());
                String said = refused.awaitLine(line -> line.contains("EADDRNOTAVAIL"));
                assertTrue(said.contains("[2001:db8:f::1]:8080"), said);
            }
            scene.server(rules, "-F", "-l", "2001:db8:f::1", "-p", "8080");
            scene.netns().anyIp("2001:db8:f::/64");
            assertEquals(
                    "r",
                    LoadClient.one(scene.netns(), at("2001:db8:f::1", 8080)).receiver());
            assertEquals(
                    1,
                    LoadClient.run(scene.netns(), List.of(at("2001:db8:f::2", 8080)), 1, 1, 10_000)
                            .refused());
        }
    }

    @Test
    void oneProcessListensOnSeveralAddressesAndPorts() {
        try (Scene scene = new Scene()) {
            scene.netns().address("lo", "2001:db8:a::1/128").address("lo", "2001:db8:b::1/128");
            scene.fast("low");
            scene.fast("high");
            String rules = "rule-set:0\nport:81-82 jump-unix:@low\nport:8000-8099 jump-unix:@high\n";
            scene.server(
                    rules,
                    "-l",
                    "2001:db8:a::1",
                    "-p",
                    "81",
                    "-p",
                    "82",
                    "-l",
                    "2001:db8:b::1",
                    "-p",
                    "8080",
                    "-l",
                    "192.0.2.9",
                    "-p",
                    "8081",
                    "-F");
            assertEquals("low", receiver(scene, at("2001:db8:a::1", 81)));
            assertEquals("low", receiver(scene, at("2001:db8:a::1", 82)));
            assertEquals("high", receiver(scene, at("2001:db8:b::1", 8080)));
            assertEquals("high", receiver(scene, at("192.0.2.9", 8081)));
            List<InetSocketAddress> others =
                    List.of(at("2001:db8:a::1", 8080), at("2001:db8:b::1", 81), at("192.0.2.8", 8081));
            assertEquals(3, LoadClient.run(scene.netns(), others, 3, 3, 10_000).refused());
        }
    }

    @Test
    void portZeroIsSaid() {
        try (Scene scene = new Scene()) {
            scene.fast("r");
            ServerProcess server = scene.server("rule-set:0\ndefault jump-unix:@r\n", "-p", "0", "-p", "0");
            List<Integer> ports = server.ports();
            assertEquals(2, ports.stream().distinct().count(), server.awaitReady());
            for (int port : ports) {
                assertEquals(
                        port,
                        LoadClient.one(scene.netns(), at("2001:db8::1", port))
                                .local()
                                .getPort());
            }
        }
    }

    @Test
    void listensOnALinkLocalAddress() {
        try (Scene scene = new Scene()) {
            Netns clients = scene.anotherNetns();
            Netns.link(clients, "north", scene.netns(), "south");
            clients.address("north", "fe80::2/64");
            scene.netns().address("south", "fe80::1/64");
            scene.fast("r");
            ServerProcess server = scene.server("rule-set:0\nip:fe80::1 jump-unix:@r\n", "-l", "fe80::1%south");
            assertTrue(server.awaitReady().contains("[fe80::1%"), server.awaitReady());
            Answer answer = LoadClient.one(clients, at("fe80::1%" + clients.indexOf("north"), 80));
            assertEquals("r", answer.receiver());
        }
    }

    private static String receiver(Scene scene, InetSocketAddress target) {
        return LoadClient.one(scene.netns(), target).receiver();
    }
}
