package io.socketbox.it;

import static io.socketbox.testing.Scene.addresses;
import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.Await;
import io.socketbox.testing.Json;
import io.socketbox.testing.LoadClient;
import io.socketbox.testing.LoadClient.Result;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server says of itself agrees with what clients did: metrics, status, and a line for each connection. */
class ObserveIT {
    private static final String RULES = """
            rule-set:0
            ip:2001:db8::1 jump-unix:@one
            ip:2001:db8::2 jump-unix:@two
            ip:2001:db8::3 jump-unix:@absent
            default fail
            """;

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "unix"})
    void metricsAgreeWithTheClients(String where) throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("one");
            scene.fast("two");
            String metrics =
                    where.equals("tcp") ? "9464" : scene.path("metrics").toString();
            ServerProcess server = scene.server(RULES, "-w", "2", "--metrics", metrics, "--handoff-timeout", "2m");
            LoadClient.run(scene.netns(), List.of(at("2001:db8::1", 80)), 300, 16, 60_000);
            LoadClient.run(scene.netns(), List.of(at("2001:db8::2", 80)), 200, 16, 60_000);
            LoadClient.run(scene.netns(), List.of(at("2001:db8::9", 80)), 30, 16, 60_000);
            LoadClient.start(scene.netns(), List.of(at("2001:db8::3", 80)), 20, 20, 60_000);
            Await.until("20 wait", () -> "20".equals(samples(scene, metrics).get("socketbox_pending")));
            Map<String, String> samples = samples(scene, metrics);
            assertEquals("550", samples.get("socketbox_accepted_total"));
            assertEquals("500", samples.get("socketbox_handed_off_total"));
            assertEquals("500", samples.get("socketbox_handoff_seconds_count"));
            assertEquals("30", samples.get("socketbox_closed_total{reason=\"no_route\"}"));
            assertEquals("300", samples.get(destination(scene, "handed_off_total", "one")));
            assertEquals("200", samples.get(destination(scene, "handed_off_total", "two")));
            assertEquals("1", samples.get(destination(scene, "up", "two")));
            assertEquals("20", samples.get(destination(scene, "pending", "absent")));
            assertEquals("0", samples.get(destination(scene, "up", "absent")));
            assertEquals("300", rule(samples, "connections_total", 2));
            assertEquals("200", rule(samples, "connections_total", 3));
            assertEquals("20", rule(samples, "connections_total", 4));
            assertEquals("30", rule(samples, "connections_total", 5));
            assertEquals("300", rule(samples, "handed_off_total", 2));
            assertEquals("0", rule(samples, "handed_off_total", 4));
            assertEquals("20", rule(samples, "pending", 4));
            assertEquals("30", rule(samples, "closed_total", 5, ",reason=\"no_route\""));
            assertEquals("4096", samples.get("socketbox_listener_backlog_limit{listener=\"[::]:80\"}"));
            assertTrue(server.isAlive());
            if (where.equals("unix")) {
                assertEquals(
                        "rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(metrics))));
            }
        }
    }

    @Test
    void whoIsHostileOrSlowKeepsNobodyOut() throws Exception {
        try (Scene scene = new Scene()) {
            ServerProcess server = scene.server(RULES, "--metrics", "9464");
            String script = """
                    import socket
                    held = [socket.create_connection(('127.0.0.1', 9464)) for i in range(200)]
                    for each in held[:50]: each.send(b'GET / HT')
                    def ask(data):
                        c = socket.create_connection(('::1', 9464)); c.settimeout(30); c.sendall(data)
                        answer = b''
                        while True:
                            more = c.recv(65536)
                            if not more: return answer.split(b' ')[1].decode()
                            answer += more
                    host = b'\\r\\nHost: localhost:9464\\r\\n\\r\\n'
                    print(ask(b'GET / HTTP/1.1' + host), ask(b'HEAD /metrics HTTP/1.0' + host),
                        ask(b'POST / HTTP/1.1' + host), ask(b'GET /../etc/passwd HTTP/1.1' + host),
                        ask(b'GET /%00' + b'x' * 9000), ask(b'\\x00\\xff\\r\\n\\r\\n'), ask(b'\\n\\n'),
                        ask(b'GET /status.json HTTP/1.1\\r\\nHost: evil.example\\r\\n\\r\\n'),
                        ask(b'GET /status.json?x HTTP/1.1\\r\\nhOST:[::1]\\r\\n\\r\\n'))
                    """;
            assertEquals(
                    "200 200 405 404 431 400 400 421 200",
                    output(scene, "python3", "-c", script).strip());
            assertFalse(server.lines().stream().anyMatch(line -> line.contains("internal error")));
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void statusAgreesWithTheClients() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("one");
            String control = scene.path("control").toString();
            scene.server(RULES, "--control", control, "--handoff-timeout", "2m");
            LoadClient.run(scene.netns(), List.of(at("2001:db8::1", 80)), 300, 16, 60_000);
            LoadClient.start(scene.netns(), List.of(at("2001:db8::3", 80)), 20, 20, 60_000);
            Await.until("20 wait", () -> Json.number(status(scene, control), "pending") == 20);
            Object status = status(scene, control);
            assertEquals(320, Json.number(status, "connections", "accepted"));
            assertEquals(300, Json.number(status, "connections", "handed_off"));
            assertEquals(300, Json.number(status, "handoff_seconds", "since_start", "count"));
            assertTrue(Json.number(status, "handoff_seconds", "since_start", "p50") > 0);
            assertEquals("unix:" + scene.path("absent"), Json.at(status, "destinations", 0, "name"));
            assertEquals("away", Json.at(status, "destinations", 0, "state"));
            assertEquals(300, Json.number(status, "destinations", 1, "handed_off"));
            assertTrue(((String) Json.at(status, "rules", 0, "rule")).endsWith(":2"), status::toString);
            assertEquals(300, Json.number(status, "rules", 0, "connections"));
            assertEquals(300, Json.number(status, "rules", 0, "handed_off"));
            assertEquals(20, Json.number(status, "rules", 1, "pending"));
            String text = output(scene, socketbox(), "--status", "--control", control);
            assertTrue(text.matches("(?s)socketbox \\S+, up 00:0.*\\naccepted +320 .*\\nhanded off +300 .*"), text);
            assertTrue(text.contains("\nunix:" + scene.path("absent") + " "), text);
            assertTrue(text.contains("\n[::]:80                     0 of 4096\n"), text);
        }
    }

    @Test
    void limitsSayWhatTheyClosed() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("one");
            String control = scene.path("control").toString();
            ServerProcess server = scene.server(
                    """
                    limit:few rate:1/h burst:3 over:close
                    limit:fair client-rate:1/h client-burst:5
                    limit:slow rate:1/h burst:1
                    limit:front rate:100/s burst:10000
                    limit-all:front
                    rule-set:0
                    ip:2001:db8::1 jump-unix:@one use-limit:few
                    ip:2001:db8::2 jump-unix:@one use-limit:fair
                    default jump-unix:@one use-limit:slow
                    """,
                    "--control",
                    control,
                    "--metrics",
                    "9464",
                    "--handoff-timeout",
                    "600m",
                    "--log-connections",
                    "--log-format",
                    "json");
            LoadClient.run(scene.netns(), List.of(at("2001:db8::1", 80)), 30, 8, 60_000);
            LoadClient.run(scene.netns(), List.of(at("2001:db8::2", 80)), 20, 8, 60_000);
            LoadClient.start(scene.netns(), List.of(at("2001:db8::3", 80)), 4, 4, 60_000);
            Await.until("3 wait", () -> "3".equals(samples(scene, "9464").get("socketbox_pending")));
            long waitingNs = System.nanoTime();
            Map<String, String> samples = samples(scene, "9464");
            assertEquals("27", samples.get("socketbox_limit_closed_total{limit=\"few\",reason=\"rate_limit\"}"));
            assertEquals(
                    "15", samples.get("socketbox_limit_closed_total{limit=\"fair\",reason=\"client_rate_limit\"}"));
            assertEquals("3", samples.get("socketbox_limit_waiting{limit=\"slow\"}"));
            assertEquals("3", samples.get("socketbox_limit_delayed_total{limit=\"slow\"}"));
            assertEquals("5", samples.get("socketbox_limit_burst{limit=\"fair\",of=\"client\"}"));
            assertEquals(
                    1 / 3_600.0,
                    Double.parseDouble(samples.get("socketbox_limit_rate{limit=\"few\",of=\"all\"}")),
                    1e-12);
            assertEquals("27", samples.get("socketbox_closed_total{reason=\"rate_limit\"}"));
            assertEquals("15", samples.get("socketbox_closed_total{reason=\"client_rate_limit\"}"));
            assertEquals("27", rule(samples, "closed_total", 7, ",reason=\"rate_limit\""));
            assertEquals("15", rule(samples, "closed_total", 8, ",reason=\"client_rate_limit\""));
            assertEquals("3", rule(samples, "pending", 9));
            assertEquals("1", rule(samples, "handed_off_total", 9));
            Object status = status(scene, control);
            assertEquals(27, Json.number(status, "rules", 0, "closed_by_reason", "rate_limit"));
            assertEquals(27, Json.number(status, "limits", 0, "closed_rate_limit"));
            assertEquals(15, Json.number(status, "limits", 1, "closed_client_rate_limit"));
            assertEquals(3, Json.number(status, "limits", 2, "waiting"));
            assertEquals(3, Json.number(status, "limits", 2, "delayed"));
            assertEquals(3, Json.number(status, "limits", 0, "rate", "burst"));
            assertEquals("close", Json.at(status, "limits", 0, "rate", "over"));
            assertEquals(64, Json.number(status, "limits", 1, "client_rate", "prefix6"));
            assertEquals(100, Json.number(status, "limits", 3, "rate", "per_second"));
            assertEquals(true, Json.at(status, "limits", 3, "for_all"));
            assertEquals("slow", Json.at(status, "limits", 2, "name"));
            String text = output(scene, socketbox(), "--status", "--control", control);
            assertTrue(
                    text.contains("\n            27  past a rate\n            15  past the rate of a client\n"), text);
            assertTrue(
                    text.matches("(?s).*\nfew +its rules +1/h +3 +close +27\n"
                            + "fair +a client, /64 or /32 +1/h +5 +close +15\n"
                            + "slow +its rules +1/h +1 +wait +3 +3 +0\n"
                            + "front +all connections +100/s +10000 +wait +0 +0 +0\n.*"),
                    text);
            long waitedNs = System.nanoTime() - waitingNs;
            assertEquals(0, server.terminate());
            assertWaited(server, 3, waitedNs);
        }
    }

    private static void assertWaited(ServerProcess server, int connections, long leastNs) {
        List<Double> waits = server.lines().stream()
                .filter(line -> line.contains("\"outcome\":\"handed_off\""))
                .map(line -> Json.number(Json.object(line), "wait_us") * 1e3)
                .toList();
        assertEquals(connections, waits.stream().filter(ns -> ns >= leastNs).count(), () -> leastNs + " ns: " + waits);
    }

    @Test
    void watchingRepeats() throws Exception {
        try (Scene scene = new Scene()) {
            String control = scene.path("control").toString();
            ServerProcess server = scene.server(RULES, "--control", control);
            ServerProcess watch = scene.with(ServerProcess.launch(
                    scene.netns(),
                    "socketbox",
                    List.of("--status", "--watch", "--control", control),
                    List.of(),
                    List.of()));
            Await.until(
                    "three blocks",
                    () -> watch.lines().stream()
                                    .filter(line -> line.startsWith("socketbox "))
                                    .count()
                            >= 3);
            assertEquals(0, server.terminate());
            assertEquals(1, watch.awaitExit());
        }
    }

    @Test
    void thousandsOfDestinationsAreSummedUp() throws Exception {
        try (Scene scene = new Scene()) {
            StringBuilder rules = new StringBuilder("rule-set:0\n");
            for (int i = 0; i < 10_000; i++) {
                rules.append("port:" + (i + 1_000) + " jump-unix:@d" + i + "\n");
            }
            String control = scene.path("control").toString();
            String metrics = scene.path("metrics").toString();
            scene.server(rules.toString(), "--control", control, "--metrics", metrics);
            // As many as there are descriptors for are opened at the start, the others when they are needed.
            Await.until("many are known", () -> Json.number(status(scene, control), "destinations_left_out") > 1_000);
            Object status = status(scene, control);
            assertEquals(500, ((List<?>) Json.at(status, "destinations")).size());
            String text = output(scene, socketbox(), "--status", "--control", control);
            assertTrue(text.matches("(?s).*\n\\.\\.\\. and [0-9]{4} more\n"), text);
            String exposed = samples(scene, metrics).get("socketbox_destinations");
            assertTrue(exposed.matches("[0-9]{4,5}"), exposed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "unix"})
    void aSuccessorGoesOnWithTheMetrics(String where) throws Exception {
        try (Scene scene = new Scene()) {
            String control = scene.path("control").toString();
            String metrics =
                    where.equals("tcp") ? "9464" : scene.path("metrics").toString();
            ServerProcess old = scene.server(RULES, "--control", control, "--metrics", metrics);
            // It answers requests for a takeover a moment after it is ready.
            output(scene, socketbox(), "--ping", "--control", control);
            String started = samples(scene, metrics).get("socketbox_start_time_seconds");
            ServerProcess next = scene.server(RULES, "--control", control, "--metrics", metrics, "--takeover");
            assertEquals(0, old.awaitExit());
            assertFalse(started.equals(samples(scene, metrics).get("socketbox_start_time_seconds")));
            ServerProcess without = scene.server(RULES, "--control", control, "--takeover");
            assertEquals(0, next.awaitExit());
            assertEquals(0, without.terminate());
            assertFalse(where.equals("unix") && Files.exists(Path.of(metrics)), "the file is left over");
        }
    }

    @Test
    void everyConnectionHasItsLine() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("one");
            scene.fast("two");
            ServerProcess server = scene.server(
                    RULES, "-w", "2", "--log-connections", "--log-format", "json", "--handoff-timeout", "1s");
            List<InetSocketAddress> targets = addresses(2);
            Result result = LoadClient.run(scene.netns(), targets, 20_000, 64, 120_000);
            assertEquals(20_000, result.answered(), result::toString);
            LoadClient.run(scene.netns(), List.of(at("2001:db8::3", 80)), 7, 7, 60_000);
            LoadClient.run(scene.netns(), List.of(at("2001:db8::9", 80)), 5, 5, 60_000);
            assertEquals(0, server.terminate());
            Map<String, Integer> found = new TreeMap<>();
            int lost = 0;
            for (String line : server.lines()) {
                if (line.isEmpty()) {
                    continue;
                }
                Map<String, Object> event = Json.object(line);
                if (event.containsKey("outcome")) {
                    String rule = (String) event.get("rule");
                    String destination = ((String) event.get("destination")).replaceFirst(".*/", "");
                    found.merge(
                            event.get("outcome") + " " + destination + rule.replaceFirst(".*:", ":"), 1, Integer::sum);
                    assertTrue(((String) event.get("peer")).startsWith("[::1]:"), line);
                    assertTrue(Json.number(event, "wait_us") >= 0, line);
                }
                if (((String) event.get("msg")).startsWith("totals: ")
                        && ((String) event.get("msg")).contains("connection lines lost: ")) {
                    lost = Integer.parseInt(((String) event.get("msg")).replaceFirst(".*connection lines lost: ", ""));
                }
            }
            assertEquals(7, found.get("handoff_timeout absent:4"), found::toString);
            assertEquals(5, found.get("no_route :5"), found::toString);
            int handedOff = found.get("handed_off one:2") + found.get("handed_off two:3");
            assertEquals(20_000, handedOff + lost, found::toString);
            System.out.println("lines of 20,000 connections: " + handedOff + ", lost " + lost);
        }
    }

    @Test
    void aLineForPeopleNamesAll() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("one");
            ServerProcess server = scene.server(RULES, "--log-connections");
            LoadClient.run(scene.netns(), addresses(1), 1, 1, 60_000);
            String line = server.awaitLine(each -> each.contains("handed off after"));
            assertTrue(
                    line.matches("socketbox: \\[::1\\]:\\d+ to \\[2001:db8::1\\]:80 by .*/conf-\\d+:2: unix:"
                            + scene.path("one") + ", handed off after \\d+\\.\\d us"),
                    line);
        }
    }

    private static String socketbox() {
        return ServerProcess.launcher("socketbox").toString();
    }

    private static String destination(Scene scene, String metric, String name) {
        return "socketbox_destination_" + metric + "{destination=\"unix:" + scene.path(name) + "\"}";
    }

    private static String rule(Map<String, String> samples, String metric, int line) {
        return rule(samples, metric, line, "");
    }

    private static String rule(Map<String, String> samples, String metric, int line, String labels) {
        return samples.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("socketbox_rule_" + metric + "{")
                        && entry.getKey().endsWith(":" + line + "\"" + labels + "}"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("none");
    }

    private static Map<String, String> samples(Scene scene, String metrics) {
        String text = metrics.startsWith("/")
                ? output(scene, "curl", "-sSf", "--unix-socket", metrics, "http://localhost/metrics")
                : output(scene, "curl", "-sSf", "http://127.0.0.1:" + metrics + "/metrics");
        Map<String, String> samples = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int blank = line.lastIndexOf(' ');
            samples.put(line.substring(0, blank), line.substring(blank + 1));
        });
        return samples;
    }

    private static Object status(Scene scene, String control) {
        return Json.parse(output(scene, socketbox(), "--status", "--json", "--control", control));
    }

    /** The standard output of a command in the scene's namespace, which has to end well. */
    static String output(Scene scene, String... command) {
        List<String> words =
                new ArrayList<>(List.of("ip", "netns", "exec", scene.netns().toString()));
        words.addAll(List.of(command));
        Path error = scene.path("stderr-of-command");
        try {
            Process process = new ProcessBuilder(words)
                    .redirectError(error.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "does not end");
            assertEquals(0, process.exitValue(), () -> words + ": " + DaemonProcess.read(error));
            return out;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
