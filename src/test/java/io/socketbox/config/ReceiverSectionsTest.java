package io.socketbox.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.socketbox.route.Destination;
import io.socketbox.route.Destination.Balance;
import io.socketbox.route.RegisterSocket;
import io.socketbox.route.Routes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What register sockets, groups and pools mean; what people see of mistakes is in diagnostics.txt. */
class ReceiverSectionsTest {
    private static final AccountNames NAMES = new AccountNames() {
        @Override
        public OptionalInt user(String name) {
            return name.equals("www-data") ? OptionalInt.of(33) : OptionalInt.empty();
        }

        @Override
        public OptionalInt group(String name) {
            return name.equals("adm") ? OptionalInt.of(4) : OptionalInt.empty();
        }
    };

    @Test
    void aRegisterSocketSaysWhoMayJoin() {
        Routes routes = parse("""
                rule-set:0
                port:80 jump-group:007
                default jump-group:4294967295
                register:/run/r mode:0600 owner:www-data:adm
                group:7 uid:www-data,1000 balance:source
                group:4294967295
                """);
        assertEquals(
                List.of(new RegisterSocket(
                        "/run/r",
                        0600,
                        33,
                        4,
                        List.of(
                                new RegisterSocket.Group(7, List.of(33, 1000)),
                                new RegisterSocket.Group(-1, List.of())))),
                routes.registers());
        assertEquals(
                List.of(new Destination.Group(7, Balance.SOURCE), new Destination.Group(-1, Balance.ROUND_ROBIN)),
                routes.destinations());
    }

    @Test
    void aGroupMayBeJoinedAtSeveralSockets() {
        Routes routes = parse("""
                register:/run/a
                mode:0666
                group:5 uid:1 balance:least-pending
                register:/run/b
                owner::adm
                group:5 uid:2
                rule-set:0
                port:80 jump-group:5
                register:/run/a
                group:6 uid:3
                rule-set:0
                jump-group:6
                """);
        assertEquals(
                List.of(
                        new RegisterSocket(
                                "/run/a",
                                0666,
                                RegisterSocket.SAME,
                                RegisterSocket.SAME,
                                List.of(
                                        new RegisterSocket.Group(5, List.of(1)),
                                        new RegisterSocket.Group(6, List.of(3)))),
                        new RegisterSocket(
                                "/run/b",
                                0660,
                                RegisterSocket.SAME,
                                4,
                                List.of(new RegisterSocket.Group(5, List.of(2))))),
                routes.registers());
        assertEquals(
                new Destination.Group(5, Balance.LEAST_PENDING),
                routes.destinations().getFirst());
    }

    @Test
    void aPoolHasMembersWithWeights() {
        Routes routes = parse("""
                rule-set:0
                jump-pool:web
                pool:web balance:least-pending
                jump-unix:/run/a.sock weight:3
                jump-abstract:b
                weight:2 jump-unix:/run/c.sock
                """);
        assertEquals(
                List.of(new Destination.Pool(
                        "web",
                        Balance.LEAST_PENDING,
                        List.of(
                                new Destination.Member(new Destination.UnixSocket("/run/a.sock"), 3),
                                new Destination.Member(new Destination.AbstractSocket("b"), 1),
                                new Destination.Member(new Destination.UnixSocket("/run/c.sock"), 2)))),
                routes.destinations());
    }

    @Test
    void theSummaryAndTheExplanationNameThem() {
        Configuration configuration = configuration("""
                rule-set:0
                port:80 jump-group:5
                default jump-pool:web
                register:/run/r
                group:5 balance:source
                pool:web
                jump-unix:/run/a weight:2
                jump-abstract:b
                """);
        String summary = configuration.summary();
        assertEquals("""
                  register:/run/r (mode 0660): 1 group
                  -> group 5 (source)
                  -> pool web (round-robin): unix socket /run/a (weight 2), abstract socket b
                """, summary.substring(summary.indexOf("  register:")));
        assertEquals(
                "-> group 5 (source)",
                configuration
                        .explain(Endpoint.parse("::1", 80), Endpoint.parse("::", 0))
                        .lines()
                        .toList()
                        .getLast());
    }

    @Test
    void veryManyMembersAreCounted() {
        StringBuilder text = new StringBuilder("rule-set:0\njump-pool:p\npool:p\n");
        for (int i = 0; i < 1_000; i++) {
            text.append("jump-unix:/run/").append(i).append('\n');
        }
        String explanation = configuration(text.toString()).explain(Endpoint.parse("::1", 80), Endpoint.parse("::", 0));
        assertEquals(" and 990 more\n", explanation.substring(explanation.indexOf(" and ")));
    }

    private static Routes parse(String text) {
        return configuration(text).compile();
    }

    private static Configuration configuration(String text) {
        SourceText source = new SourceText("a.conf");
        source.append(text.getBytes(StandardCharsets.UTF_8));
        Configuration configuration = Configuration.parse(source, false, NAMES);
        assertEquals("", configuration.renderDiagnostics());
        return configuration;
    }
}
