package io.socketbox.bench.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Programs that relay the connections to one port to another one of {@code ::1}, each with one thread for the work, and
 * with the sizes of pipes and buffers that make it cheapest: with its defaults each takes up to twice as long.
 */
enum RelayPeer {
    /** socketbox before socketbox-relay. */
    SOCKETBOX("socketbox + socketbox-relay"),
    /** socketbox, which loses nothing, before the original's relay. */
    ORIGINAL("socketbox + the original's relay"),
    /** Package haproxy, splicing. */
    HAPROXY("HAProxy"),
    /** Packages nginx-light and libnginx-mod-stream. */
    NGINX("nginx stream"),
    /** Package socat: a process for each connection. */
    SOCAT("socat"),
    /** bench/c/forwarder, which is for messages only. */
    C_LOOP("C loop");

    /** More than any benchmark has open at once with HAProxy and nginx. */
    private static final int CONNECTIONS = 1_000;

    private static final Path NGINX_STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    private final String title;

    RelayPeer(String title) {
        this.title = title;
    }

    /** Its name for people. */
    String title() {
        return title;
    }

    /** Why it cannot be started, or null. */
    String missing() {
        return switch (this) {
            case SOCKETBOX, C_LOOP -> null;
            case ORIGINAL ->
                Bench.original() == null
                        ? "the original; name the folder of its programs with ORIGINAL=/path/to/dir"
                        : null;
            case HAPROXY -> isThere("/usr/sbin/haproxy") ? null : "HAProxy; it needs the package haproxy";
            case NGINX ->
                isThere("/usr/sbin/nginx") && Files.exists(NGINX_STREAM)
                        ? null
                        : "nginx stream; it needs the packages nginx-light and libnginx-mod-stream";
            case SOCAT -> isThere("/usr/bin/socat") ? null : "socat; it needs the package socat";
        };
    }

    private static boolean isThere(String path) {
        return Files.isExecutable(Path.of(path));
    }

    /** Starts it; connections to the port may be made at once. */
    Relay start(Bench bench, int port, int target) throws IOException, InterruptedException {
        String to = Integer.toString(target);
        return switch (this) {
            case SOCKETBOX -> handedOver(bench, bench.dist() + "/bin", port, to);
            case ORIGINAL -> handedOver(bench, Bench.original(), port, to);
            case HAPROXY -> {
                Path configuration = bench.file("haproxy.cfg");
                Files.writeString(configuration, """
                        global
                          nbthread 1
                          maxconn %1$d
                          maxpipes %1$d
                          tune.pipesize 262144
                        defaults
                          mode tcp
                          option splice-request
                          option splice-response
                          timeout client 1h
                          timeout server 1h
                          timeout connect 10s
                        listen bench
                          bind [::]:%2$d
                          server end [::1]:%3$s
                        """.formatted(CONNECTIONS, port, to));
                yield Relay.start(bench, port, List.of("/usr/sbin/haproxy", "-db", "-f", configuration.toString()));
            }
            case NGINX -> {
                Path configuration = bench.file("nginx.conf");
                Files.writeString(
                        configuration, """
                        load_module %s;
                        daemon off;
                        master_process off;
                        pid %s;
                        error_log stderr;
                        events { worker_connections %d; }
                        stream { proxy_buffer_size 64k; server { listen [::]:%d; proxy_pass [::1]:%s; } }
                        """.formatted(NGINX_STREAM, bench.file("nginx.pid"), 4 * CONNECTIONS, port, to));
                yield Relay.start(bench, port, List.of("/usr/sbin/nginx", "-c", configuration.toString()));
            }
            case SOCAT ->
                Relay.start(
                        bench,
                        port,
                        List.of(
                                "/usr/bin/socat",
                                "-b65536",
                                "TCP6-LISTEN:" + port + ",fork,reuseaddr,backlog=" + CONNECTIONS,
                                "TCP6:[::1]:" + to));
            case C_LOOP -> Relay.start(bench, port, List.of(bench.tool("forwarder"), Integer.toString(port), to));
        };
    }

    /** By our server to the relay in a folder. */
    private static Relay handedOver(Bench bench, String folder, int port, String target)
            throws IOException, InterruptedException {
        Path socket = bench.file("relay");
        Path configuration = bench.file("relay.conf");
        Files.writeString(configuration, "rule-set:0\ndefault jump-unix:" + socket + "\n");
        List<String> relay = List.of(folder + "/socketbox-relay", "-s", socket.toString(), "-c", "::1", "-p", target);
        List<String> server =
                List.of(bench.dist() + "/bin/socketbox", "-p", Integer.toString(port), "-f", configuration.toString());
        return Relay.start(bench, port, relay, server);
    }
}
