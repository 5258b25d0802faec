package io.socketbox.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.socketbox.config.PlainModel.Connection;
import io.socketbox.route.Destination;
import io.socketbox.route.RouteTable;
import io.socketbox.route.Routes;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** Compares the compiled table with the language as written. */
final class RoutesOracle {
    private RoutesOracle() {}

    /** Fails unless both agree on some connections that lean on the rules' edges, and on what is warned of. */
    static void check(RandomConfiguration random, int connections) {
        Configuration configuration =
                Configuration.parse(random.text().getBytes(StandardCharsets.ISO_8859_1), "random.conf", false);
        assertEquals(0, configuration.errorCount(), configuration::renderDiagnostics);
        Routes routes = configuration.compile();
        PlainModel model = random.model();
        Set<Integer> followed = new HashSet<>();
        for (int i = 0; i < connections; i++) {
            Connection connection = random.connection();
            String expected = model.route(connection, followed);
            String actual = route(routes, connection);
            if (!expected.equals(actual)) {
                assertEquals(expected, actual, connection + "\n" + random.text());
            }
        }
        for (Diagnostic warning : configuration.diagnostics()) {
            if (warning.message().startsWith("this jump closes a loop")) {
                assertGoesRound(routes.table(), warning.hint(), random.text());
            } else if (warning.message().contains(" never ")) {
                assertFalse(followed.contains(warning.line()), () -> warning.render() + "\n" + random.text());
            }
        }
    }

    private static void assertGoesRound(RouteTable table, String hint, String text) {
        String[] words = hint.split(" ");
        Endpoint local = Endpoint.parse(words[3], 0);
        Endpoint peer = Endpoint.parse(words[5], 0);
        long match = table.match(local.hi(), local.lo(), local.port(), peer.hi(), peer.lo(), peer.port());
        assertEquals(RouteTable.FAIL_TOO_MANY_SETS, RouteTable.destinationOf(match), hint + "\n" + text);
    }

    private static String route(Routes routes, Connection connection) {
        long match = routes.table()
                .match(
                        connection.local().hi(),
                        connection.local().lo(),
                        connection.port(),
                        connection.peer().hi(),
                        connection.peer().lo(),
                        connection.peerPort());
        int destination = RouteTable.destinationOf(match);
        if (destination < 0) {
            return PlainModel.CLOSED;
        }
        int limit = routes.table().limitOf(RouteTable.ruleOf(match));
        return where(routes, destination)
                + (limit < 0 ? "" : " " + routes.limits().get(limit).name());
    }

    private static String where(Routes routes, int destination) {
        return switch (routes.destinations().get(destination)) {
            case Destination.UnixSocket unix -> unix.path();
            case Destination.InheritedDescriptor descriptor -> "fd" + descriptor.fd();
            case Destination.Group group -> "group " + group.number();
            case Destination.Pool pool -> "pool " + pool.name();
            default -> throw new AssertionError();
        };
    }
}
