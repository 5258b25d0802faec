package io.socketbox.it;

import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestProcesses;
import io.socketbox.testing.Await;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Daemons as Debian has them, behind the relay: they read who the client is from either PROXY header, over IPv6 and IPv4
 * from another namespace; of 2,000 connections none is lost; relay and daemon end cleanly.
 */
class RelayProxyIT {
    private static final int BURST = 2_000;
    private static final String GET = "GET / HTTP/1.0\r\n\r\n";

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void haproxyAcceptsIt(String version) throws Exception {
        try (Scene scene = new Scene()) {
            Path conf = Files.writeString(scene.path("haproxy.cfg"), """
                    defaults
                        mode http
                        timeout connect 5m
                        timeout client 5m
                        timeout server 5m
                    frontend all
                        bind [::1]:90 accept-proxy
                        http-request return status 200 content-type text/plain lf-string "%[src] %[src_port] %[dst] %[dst_port]"
                    """);
            Process haproxy = start(scene, "haproxy", "-db", "-f", conf.toString());
            assertAddressesAndNoneLost(scene, version);
            assertEndsAsAsked(haproxy, DaemonStage.SIGUSR1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void nginxAcceptsIt(String version) throws Exception {
        try (Scene scene = new Scene()) {
            Path conf = Files.writeString(
                    scene.path("nginx.conf"), """
                    daemon off; master_process off; pid @pid; error_log @error;
                    events {}
                    http {
                      access_log off;
                      client_body_temp_path @t1; proxy_temp_path @t2; fastcgi_temp_path @t3;
                      uwsgi_temp_path @t4; scgi_temp_path @t5;
                      server {
                        listen [::1]:90 proxy_protocol;
                        return 200 "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr $proxy_protocol_server_port";
                      }
                    }
                    """.replace("@", scene.path("").toString() + "/"));
            Process nginx = start(scene, "nginx", "-e", scene.path("error").toString(), "-c", conf.toString());
            assertAddressesAndNoneLost(scene, version);
            assertEndsAsAsked(nginx, DaemonStage.SIGQUIT);
        }
    }

    private static void assertEndsAsAsked(Process daemon, int signal) throws Exception {
        TestProcesses.kill((int) daemon.pid(), signal);
        assertEquals(0, daemon.waitFor());
    }

    private static Process start(Scene scene, String... command) {
        Process daemon = scene.netns()
                .call(() -> new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(scene.path("daemon.log").toFile())
                        .start());
        scene.with((AutoCloseable) () -> daemon.destroyForcibly().waitFor());
        Await.until(command[0] + " listens", () -> isListening(scene));
        return daemon;
    }

    private static void assertAddressesAndNoneLost(Scene scene, String version) throws Exception {
        scene.patientServer(RelayScene.RULES);
        ServerProcess relay = RelayScene.relay(scene, "-p", "90", "--proxy", version);
        InetSocketAddress four = at("192.0.2.9", 80);
        for (InetSocketAddress server : List.of(RelayScene.FRONT, four)) {
            Exchange exchange = Exchange.with(scene.clients(), server, GET, "\r\n\r\n");
            String client = server == RelayScene.FRONT ? Scene.CLIENT_IPV6 : Scene.CLIENT_IPV4;
            String wanted = client + " " + exchange.client().getPort() + " "
                    + (server == RelayScene.FRONT ? "2001:db8::7" : "192.0.2.9") + " 80";
            assertTrue(exchange.answer().endsWith("\r\n\r\n" + wanted), exchange::toString);
        }
        assertEquals(List.of(), Exchange.burst(scene.clients(), List.of(RelayScene.FRONT, four), BURST, GET, " 80"));
        assertEquals(0, relay.terminate());
    }

    private static boolean isListening(Scene scene) {
        return scene.netns().call(() -> {
            try (Socket probe = new Socket("::1", 90)) {
                return probe.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }
}
