package io.socketbox.it;

import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Answer;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Netns;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import io.socketbox.testing.TestReceiver;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One listening socket for many ports of somebody else's addresses: TPROXY with nftables in a router namespace, a
 * client
 * namespace on one side and a server namespace on the other.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>IPv6, IPv4</td><td>the redirected ports reach the receiver (in the server namespace) with the address and
 * port that the client dialled, and with the client's address</td></tr>
 * <tr><td>other ports</td><td>pass the router, that of the listening socket too ({@code socket wildcard 0}): refused by
 * the far host itself</td></tr>
 * <tr><td>-z</td><td>works as well with IPV6_TRANSPARENT cleared on accepted sockets</td></tr>
 * </table>
 */
class TproxyIT {
    private static final String RULESET = """
            table inet skb {
              chain divert {
                type filter hook prerouting priority mangle; policy accept;
                meta l4proto tcp socket transparent 1 socket wildcard 0 meta mark set 1 accept
                ip6 daddr 2001:db8:5::/64 tcp dport 1000-1999 tproxy ip6 to :80 meta mark set 1 accept
                ip daddr 198.51.100.0/24 tcp dport 1000-1999 tproxy ip to :80 meta mark set 1 accept
              }
            }
            """;

    @Test
    void manyPortsThroughOneSocket() {
        serve("-t");
    }

    @Test
    void manyPortsThroughOneSocketWithTransparentCleared() {
        serve("-tz");
    }

    private static void serve(String options) {
        try (Scene scene = new Scene()) {
            Netns router = scene.netns();
            Netns client = scene.anotherNetns();
            Netns server = scene.anotherNetns();
            wire(client, router, server);
            router.nft(RULESET)
                    .ip("-6 rule add fwmark 1 lookup 100")
                    .ip("-6 route add local default dev lo table 100")
                    .ip("-4 rule add fwmark 1 lookup 100")
                    .ip("-4 route add local default dev lo table 100");
            scene.with(TestReceiver.fast(server, "low", scene.path("low")));
            scene.with(TestReceiver.fast(server, "high", scene.path("high")));
            ServerProcess box = scene.server(
                    "rule-set:0\nport:1000-1499 jump-unix:@low\nport:1500-1999 jump-unix:@high\n", options);

            List<InetSocketAddress> targets = new ArrayList<>();
            for (int port = 1000; port < 2000; port += 5) {
                targets.add(at("2001:db8:5::" + port, port));
                targets.add(at("198.51.100." + port % 250, port));
            }
            Result result = LoadClient.run(client, targets, targets.size(), 32, 60_000);
            assertEquals(targets.size(), result.answered(), () -> result + " " + box.lines());
            for (Answer answer : result.answers()) {
                assertTrue(targets.contains(answer.local()), "getsockname: " + answer);
                assertEquals(answer.local().getPort() < 1500 ? "low" : "high", answer.receiver());
                String from = answer.local().getAddress().getAddress().length == 4 ? "10.1.0.2" : "2001:db8:c::2";
                assertEquals(at(from, 0).getAddress(), answer.peer().getAddress(), "getpeername");
            }
            List<InetSocketAddress> others =
                    List.of(at("2001:db8:5::2", 999), at("2001:db8:5::2", 2000), at("198.51.100.2", 80));
            Result passed = LoadClient.run(client, others, 3, 3, 10_000);
            assertEquals(3, passed.refused(), passed::toString);
        }
    }

    private static void wire(Netns client, Netns router, Netns server) {
        Netns.link(client, "north", router, "south");
        Netns.link(server, "north", router, "far");
        client.address("north", "2001:db8:c::2/64").address("north", "10.1.0.2/24");
        client.ip("-6 route add default via 2001:db8:c::1").ip("-4 route add default via 10.1.0.1");
        router.address("south", "2001:db8:c::1/64").address("south", "10.1.0.1/24");
        router.address("far", "2001:db8:5::1/64").address("far", "198.51.100.1/24");
        server.address("north", "2001:db8:5::2/64").address("north", "198.51.100.2/24");
        server.ip("-6 route add default via 2001:db8:5::1").ip("-4 route add default via 198.51.100.1");
        router.sysctl("net/ipv6/conf/all/forwarding", "1").sysctl("net/ipv4/ip_forward", "1");
    }
}
