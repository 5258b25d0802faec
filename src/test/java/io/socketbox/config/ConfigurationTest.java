package io.socketbox.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.socketbox.route.Destination;
import io.socketbox.route.RateLimit;
import io.socketbox.route.RouteTable;
import io.socketbox.route.Routes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the language means. */
class ConfigurationTest {
    private static final String CLOSED = "closed";

    @Test
    void firstMatchWins() {
        Configuration configuration = parse("""
                rule-set:0
                ip:2001:db8::1 jump-unix:/run/one
                ip:2001:db8::/64 jump-unix:/run/net
                ip:2001:db8::2 port:80 jump-unix:/run/never
                default jump-unix:/run/rest
                """);
        assertEquals("/run/one", route(configuration, "2001:db8::1"));
        assertEquals("/run/net", route(configuration, "2001:db8::2"));
        assertEquals("/run/rest", route(configuration, "2001:db8:1::2"));
    }

    @Test
    void everyConditionCounts() {
        Configuration configuration = parse("""
                rule-set:0
                ip:2001:db8::/32 port:80 rip:2001:db8:5::/48 rport:1024 jump-fd:5
                """);
        assertEquals("fd 5", route(configuration, "[2001:db8::1]:80", "[2001:db8:5::9]:1024"));
        assertEquals(CLOSED, route(configuration, "[2001:db9::1]:80", "[2001:db8:5::9]:1024"));
        assertEquals(CLOSED, route(configuration, "[2001:db8::1]:81", "[2001:db8:5::9]:1024"));
        assertEquals(CLOSED, route(configuration, "[2001:db8::1]:80", "[2001:db8:6::9]:1024"));
        assertEquals(CLOSED, route(configuration, "[2001:db8::1]:80", "[2001:db8:5::9]:1025"));
    }

    @Test
    void noDefaultMeansFail() {
        assertEquals(CLOSED, route(parse("rule-set:0\nip:::1 jump-fd:3\n"), "::2"));
    }

    @Test
    void ofSeveralTokensOfOneKindTheLastCounts() {
        Configuration configuration =
                parse("rule-set:0\nip:::1 ip:::2 port:1 port:80 fail jump-unix:/a jump-unix:/b\n");
        assertEquals("/b", route(configuration, "::2"));
        assertEquals(CLOSED, route(configuration, "::1"));
    }

    @Test
    void setsMayShareALineAndBeOpenedAgain() {
        Configuration configuration = parse("""
                max-rules:2
                rule-set:0 size:2 default jump-rule:1 rule-set:1 size:1 fail
                rule-set:0
                ip:::1 jump-fd:7
                """);
        assertEquals("fd 7", route(configuration, "::1"));
        assertEquals(CLOSED, route(configuration, "::2"));
        assertEquals(2, configuration.compile().ruleSets());
    }

    @Test
    void defaultMayStandBeforeEntriesAndOnTwoLines() {
        Configuration configuration = parse("rule-set:0\ndefault\njump-fd:3\nip:::1 jump-fd:4\n");
        assertEquals("fd 4", route(configuration, "::1"));
        assertEquals("fd 3", route(configuration, "::2"));
    }

    @Test
    void anEntryWithAnActionOnlyMatchesEverything() {
        assertEquals("fd 3", route(parse("rule-set:0\njump-fd:3\ndefault jump-fd:4\n"), "::2"));
    }

    @Test
    void sizesAreNoLimits() {
        Configuration configuration =
                parse("rule-set:0 size:1\nip:::1 jump-fd:1\nip:::2 jump-fd:2\nip:::3 jump-fd:3\n");
        assertEquals("fd 3", route(configuration, "::3"));
    }

    @Test
    void blanksAndCommentsAreFree() {
        Configuration configuration =
                parse("\t rule-set:0\t# a set\r\n  # all\n\tip:::1\tjump-unix:/run/a#b\t \r\n#end");
        assertEquals("/run/a#b", route(configuration, "::1"));
    }

    @Test
    void aHashInsideOfAPathBeginsNoComment() {
        String text = "rule-set:0\nip:::1 jump-unix:/run/#//0_/#//P_.sock #//1_\ndefault jump-unix:/run/#//8_\n";
        Configuration with = Configuration.parse(bytes(text), "a.conf", true);
        assertEquals(
                List.of(
                        new Destination.PathTemplate("/run/#//0_/#//P_.sock"),
                        new Destination.UnixSocket("/run/#//8_")),
                with.compile().destinations());
        assertEquals("/run/#//0_/#//P_.sock", route(parse(text), "::1"));
    }

    @Test
    void pathsAreBytes() {
        Configuration configuration = parse("rule-set:0\njump-unix:/run/\u00fc\n");
        assertEquals("/run/\u00c3\u00bc", route(configuration, "::1"));
        assertEquals("""
                to [::1]:80 from [::]:0
                rule-set:0
                  a.conf:2: jump-unix:/run/\u00fc
                -> unix socket /run/\u00fc
                """, configuration.explain(Endpoint.parse("::1", 80), Endpoint.parse("::", 0)));
    }

    @Test
    void theLongestPathFits() {
        String path = "/" + "a".repeat(106);
        assertEquals(path, route(parse("rule-set:0\njump-unix:" + path + "\n"), "::1"));
    }

    @Test
    void ipv4IsMapped() {
        Configuration configuration = parse("""
                rule-set:0
                ip:192.0.2.0/24 rip:10.0.0.0/255.0.0.0 jump-fd:4
                ip:::ffff:198.51.100.7 jump-fd:5
                ip:0.0.0.0/0 jump-fd:6
                """);
        assertEquals("fd 4", route(configuration, "192.0.2.9:80", "10.9.9.9:1"));
        assertEquals("fd 6", route(configuration, "192.0.2.9:80", "11.9.9.9:1"));
        assertEquals("fd 5", route(configuration, "198.51.100.7"));
        assertEquals(CLOSED, route(configuration, "::1"));
    }

    @Test
    void masksMayHaveHoles() {
        Configuration configuration = parse("rule-set:0\nip:2001:db8::7/ffff:ffff::ffff jump-fd:4\n");
        assertEquals("fd 4", route(configuration, "2001:db8:1:2:3:4:5:7"));
        assertEquals(CLOSED, route(configuration, "2001:db8:1:2:3:4:5:8"));
        assertEquals(CLOSED, route(configuration, "2001:db9:1:2:3:4:5:7"));
    }

    @Test
    void portsMayBeListsAndRanges() {
        Configuration configuration = parse("rule-set:0\nport:443,80,8000-8099,0 jump-fd:4\n");
        for (int port : new int[] {0, 80, 443, 8000, 8050, 8099}) {
            assertEquals("fd 4", route(configuration, "[::1]:" + port), "port " + port);
        }
        for (int port : new int[] {1, 79, 81, 7999, 8100, 65535}) {
            assertEquals(CLOSED, route(configuration, "[::1]:" + port), "port " + port);
        }
    }

    @Test
    void mapsCompareWhatTheySay() {
        Configuration configuration = parse("""
                rule-set:0
                jump-map:7
                map-set:7 size:2
                ip:2001:db8::1 port:80 jump-fd:1
                ip:2001:db8:1::1 port:80 jump-fd:2
                ip:2001:db8:1::1 port:81 jump-fd:3
                match-lip:48 match-lport
                default jump-fd:4
                """);
        assertEquals("fd 1", route(configuration, "2001:db8::ffff"));
        assertEquals("fd 2", route(configuration, "2001:db8:1:5::"));
        assertEquals("fd 3", route(configuration, "[2001:db8:1:5::]:81"));
        assertEquals("fd 4", route(configuration, "[2001:db8:1:5::]:82"));
        assertEquals("fd 4", route(configuration, "2001:db8:2::"));
    }

    @Test
    void prefixSetsTakeTheLongest() {
        Configuration configuration = parse("""
                rule-set:0
                jump-prefix:nets
                prefix-set:nets
                ip:2001:db8::/32 jump-fd:1
                ip:2001:db8:1::/48 jump-fd:2
                ip:::/0 jump-fd:3
                ip:10.0.0.0/8 jump-abstract:ten
                ip:2001:db8:1::1 fail
                """);
        assertEquals("fd 1", route(configuration, "2001:db8::1"));
        assertEquals("fd 2", route(configuration, "2001:db8:1::2"));
        assertEquals("fd 3", route(configuration, "2001:db9::1"));
        assertEquals("abstract ten", route(configuration, "10.1.2.3"));
        assertEquals(CLOSED, route(configuration, "2001:db8:1::1"));
    }

    @Test
    void numbersOfSetsAreNumbers() {
        assertEquals("fd 1", route(parse("rule-set:00\njump-rule:7\nrule-set:007\njump-fd:001\n"), "::1"));
    }

    @Test
    void aNamedFirstSetIsTheStart() {
        assertEquals("fd 1", route(parse("map-set:x match-lport\nrule-set:web\njump-fd:1\nrule-set:b\nfail\n"), "::1"));
        assertEquals("fd 2", route(parse("rule-set:web\njump-fd:1\nrule-set:0\njump-fd:2\n"), "::1"));
        assertEquals(CLOSED, route(parse("rule-set:1\njump-fd:1\n"), "::1"));
    }

    @Test
    void anAtSignIsPartOfAFileName() {
        Routes routes = parse("rule-set:0\njump-unix:@x\n").compile();
        assertEquals(List.of(new Destination.UnixSocket("@x")), routes.destinations());
    }

    @Test
    void oneHundredSetsAreLookedAtAndNoMore() {
        for (int sets : new int[] {99, 100, 101, 102}) {
            StringBuilder text = new StringBuilder();
            for (int set = 0; set < sets; set++) {
                text.append("rule-set:").append(set).append('\n');
                text.append(set < sets - 1 ? "jump-rule:" + (set + 1) : "jump-fd:9")
                        .append('\n');
            }
            assertEquals(sets <= 100 ? "fd 9" : CLOSED, route(parse(text.toString()), "::1"), sets + " sets");
        }
    }

    @Test
    void aMatchNamesItsRule() {
        Configuration configuration = parse("""
                rule-set:0
                ip:::1 jump-fd:3
                ip:::2 fail
                ip:::3 jump-rule:nowhere
                ip:::4 jump-rule:0
                ip:::5 jump-rule:1
                rule-set:1
                ip:::9 fail
                """);
        assertMatch(configuration, "::1", 2, 0);
        assertMatch(configuration, "::2", 3, RouteTable.FAIL);
        assertMatch(configuration, "::3", 4, RouteTable.FAIL_MISSING_SET);
        assertMatch(configuration, "::4", 5, RouteTable.FAIL_TOO_MANY_SETS);
        assertMatch(configuration, "::5", 6, RouteTable.FAIL_NO_MATCH);
        assertMatch(configuration, "::6", -1, RouteTable.FAIL_NO_MATCH);
    }

    private static void assertMatch(Configuration configuration, String local, int line, int destination) {
        RouteTable table = configuration.compile().table();
        Endpoint endpoint = Endpoint.parse(local, 80);
        long match = table.match(endpoint.hi(), endpoint.lo(), 80, 0, 0, 0);
        int rule = RouteTable.ruleOf(match);
        assertEquals(line, rule == RouteTable.NO_RULE ? -1 : table.lineOf(rule));
        assertEquals(destination, RouteTable.destinationOf(match));
    }

    @Test
    void explainsEveryStep() {
        Configuration configuration = parse("""
                rule-set:0
                ip:2001:db8::/32  jump-rule:web # our own
                rule-set:web
                port:80 jump-unix:/run/web
                port:81 jump-map:gone
                port:82 jump-rule:web
                port:83 fail
                """);
        assertEquals(
                """
                to [2001:db8::1]:80 from [2001:db8::2]:1024
                rule-set:0
                  a.conf:2: ip:2001:db8::/32  jump-rule:web # our own
                rule-set:web
                  a.conf:4: port:80 jump-unix:/run/web
                -> unix socket /run/web
                """, configuration.explain(Endpoint.parse("2001:db8::1", 80), Endpoint.parse("[2001:db8::2]:1024", 0)));
        assertEquals("-> closed: there is no map-set:gone", lastLine(configuration, 81));
        assertEquals(
                "-> closed: this goes round in circles, and no more than 100 sets are looked at",
                lastLine(configuration, 82));
        assertEquals("-> closed: the rule says so", lastLine(configuration, 83));
        assertEquals("-> closed: nothing matches, and the set has no default", lastLine(configuration, 84));
        assertEquals("""
                to [::1]:80 from [::]:0
                -> closed: there is no rule-set:0, where matching starts
                """, parse("rule-set:1\nfail\n").explain(Endpoint.parse("::1", 80), Endpoint.parse("::", 0)));
    }

    private static String lastLine(Configuration configuration, int port) {
        String text = configuration.explain(Endpoint.parse("2001:db8::1", port), Endpoint.parse("::", 0));
        return text.lines().reduce("", (a, b) -> b);
    }

    @Test
    void summarizes() {
        Configuration configuration = parse("""
                rule-set:0
                port:80 jump-map:a
                port:81 jump-unix:/run/one
                port:82 jump-unix:/run/one
                default jump-abstract:two
                map-set:a match-lip:64
                ip:2001:db8::1 jump-fd:3
                """);
        assertEquals("""
                a.conf: 2 sets, 4 rules, 3 destinations, a table of 320 bytes
                  rule-set:0 (line 1): 3 entries, default in line 5, matching starts here
                  map-set:a (line 6): 1 entry, no default
                  -> unix socket /run/one
                  -> abstract socket two
                  -> descriptor 3
                """, configuration.summary());
    }

    @Test
    void limitsHaveDefaultsAndAreToldAbout() {
        Configuration configuration = parse("""
                limit-all:front
                rule-set:0
                port:25 use-limit:mail jump-unix:/run/mail
                port:26 jump-unix:/run/mail use-limit:mail
                default jump-unix:/run/web
                limit:front rate:3/s burst:9
                limit:mail client-rate:20/m rate:5000/s over:close client-over:wait prefix6:48 clients:100
                """);
        assertEquals("""
                a.conf: 1 set, 2 rules, 2 destinations, a table of 192 bytes
                  rule-set:0 (line 2): 2 entries, default in line 5, matching starts here
                  -> unix socket /run/mail
                  -> unix socket /run/web
                  limit:front (line 6): 3/s, burst 9, the rest waits; named by 0 rules, holds for all connections
                  limit:mail (line 7): 5000/s, burst 5000, the rest is closed; 20/m a client (IPv6 /48, IPv4 /32), \
                burst 1, the rest waits, 100 clients; named by 2 rules
                """, configuration.summary());
        assertEquals("""
                to [::1]:26 from [::]:0
                rule-set:0
                  a.conf:4: port:26 jump-unix:/run/mail use-limit:mail
                limit:front (for all connections)
                  a.conf:6: limit:front rate:3/s burst:9
                limit:mail
                  a.conf:7: limit:mail client-rate:20/m rate:5000/s over:close client-over:wait prefix6:48 clients:100
                -> unix socket /run/mail
                """, configuration.explain(Endpoint.parse("::1", 26), Endpoint.parse("::", 0)));
        Routes routes = configuration.compile();
        assertEquals(0, routes.limitOfAll());
        assertEquals(
                new RateLimit("front", new RateLimit.Rate(333_333_334, 9), true, null),
                routes.limits().get(0));
        assertEquals(
                new RateLimit(
                        "mail",
                        new RateLimit.Rate(200_000, 5000),
                        false,
                        new RateLimit.Clients(new RateLimit.Rate(3_000_000_000L, 1), true, 48, 32, 100)),
                routes.limits().get(1));
        long mail = routes.table().match(0, 1, 25, 0, 0, 0);
        assertEquals(1, routes.table().limitOf(RouteTable.ruleOf(mail)));
        long web = routes.table().match(0, 1, 80, 0, 0, 0);
        assertEquals(RouteTable.NO_RULE, routes.table().limitOf(RouteTable.ruleOf(web)));
    }

    @Test
    void mistakesGiveNoRoutes() {
        Configuration configuration = parse("rule-set:0\nbad\n");
        IllegalStateException refusal = assertThrows(IllegalStateException.class, configuration::compile);
        assertEquals("a.conf has 1 error", refusal.getMessage());
    }

    @Test
    void oneDestinationNeedsNoRules() {
        Routes routes = Routes.single(new Destination.UnixSocket("/run/a"));
        assertEquals(0, routes.table().lookup(1, 2, 3, 4, 5, 6));
        assertEquals(RouteTable.NO_RULE, RouteTable.ruleOf(routes.table().match(1, 2, 3, 4, 5, 6)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Configuration parse(String text) {
        return Configuration.parse(bytes(text), "a.conf", false);
    }

    private static String route(Configuration configuration, String local) {
        return route(configuration, local, "[::]:0");
    }

    private static String route(Configuration configuration, String local, String peer) {
        Routes routes = configuration.compile();
        Endpoint to = Endpoint.parse(local, 80);
        Endpoint from = Endpoint.parse(peer, 0);
        int destination = routes.table().lookup(to.hi(), to.lo(), to.port(), from.hi(), from.lo(), from.port());
        if (destination == RouteTable.FAIL) {
            return CLOSED;
        }
        return switch (routes.destinations().get(destination)) {
            case Destination.UnixSocket unix -> unix.path();
            case Destination.AbstractSocket name -> "abstract " + name.name();
            case Destination.InheritedDescriptor descriptor -> "fd " + descriptor.fd();
            case Destination.PathTemplate template -> "template " + template.pattern();
            case Destination.Group group -> "group " + group;
            case Destination.Pool pool -> "pool " + pool;
        };
    }
}
