package io.socketbox.it;

import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.InetdProcess;
import io.socketbox.testing.Netns;
import io.socketbox.testing.Scene;
import io.socketbox.testing.Talk;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Daemons as Debian has them, under socketbox-inetd: client, server and inetd are in three network namespaces.
 *
 * <table>
 * <caption>Tests</caption>
 * <tr><td>busybox httpd -i</td><td>pages over IPv6 and IPv4, the client's address in a CGI script,
 * 2,000 connections with none lost</td></tr>
 * <tr><td>sshd -i</td><td>a login with a key over IPv6 and IPv4; the session knows both ends;
 * 2,000 connections with none lost</td></tr>
 * </table>
 */
class InetdDaemonsIT {
    private static final List<InetSocketAddress> SERVERS = List.of(at("2001:db8::7", 80), at("192.0.2.7", 80));
    private static final String PAGE = "GET /index.html HTTP/1.0";

    @Test
    void busyboxServesPages() throws Exception {
        try (Scene scene = new Scene()) {
            scene.patientServer("rule-set:0\ndefault jump-unix:@s\n");
            Path www = Files.createDirectories(scene.path("www/cgi-bin")).getParent();
            Files.writeString(www.resolve("index.html"), "a page\n");
            InetdIT.script(
                    www.resolve("cgi-bin/who"), "printf 'Content-Type: text/plain\\r\\n\\r\\n'; echo $REMOTE_ADDR");
            InetdProcess inetd = InetdProcess.startElsewhere(
                    scene, scene.path("s").toString(), "busybox", "httpd", "-i", "-h", www.toString());
            int started = 0;
            for (String address : List.of("2001:db8::7", "192.0.2.7")) {
                String page = get(scene, address, "/index.html");
                assertTrue(page.startsWith("HTTP/1.1 200 ") || page.startsWith("HTTP/1.0 200 "), page);
                assertTrue(page.endsWith("\r\n\r\na page\n"), page);
                String client = get(scene, address, "/cgi-bin/who");
                inetd.awaitStarted(started += 2);
                String known =
                        inetd.startedFor().getLast().replaceAll(":\\d+$", "").replaceAll("[\\[\\]]", "");
                assertTrue(
                        client.endsWith("\n" + known + "\n")
                                || client.endsWith("::ffff:" + known + "]\n")
                                || client.endsWith("[" + known + "]\n"),
                        client + " from " + known);
            }
            assertEquals(
                    List.of(),
                    Exchange.burst(scene.clients(), SERVERS, DaemonStage.BURST, PAGE + "\r\n\r\n", "\r\n\r\na page\n"));
            inetd.awaitEnded(started + DaemonStage.BURST);
            assertEquals(0, inetd.process().terminate());
            assertEquals(List.of("exit 0"), inetd.ends().stream().distinct().toList());
        }
    }

    private static String get(Scene scene, String address, String path) {
        return Talk.once(scene.clients(), at(address, 80), "GET " + path + " HTTP/1.0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8::22", "192.0.2.22"})
    void sshdLetsAKeyIn(String address) throws Exception {
        try (Scene scene = new Scene()) {
            scene.patientServer("rule-set:0\ndefault jump-unix:@s\n", "-p", "22");
            Path folder = scene.path("ssh");
            Files.createDirectory(folder);
            keyPair(folder.resolve("host"));
            keyPair(folder.resolve("user"));
            Path config = Files.writeString(
                    folder.resolve("config"),
                    "HostKey " + folder.resolve("host") + "\nAuthorizedKeysFile " + folder.resolve("user.pub")
                            + "\nStrictModes no\nUsePAM no\nPidFile none\nLogLevel VERBOSE\n");
            Files.createDirectories(Path.of("/run/sshd"));
            InetdProcess inetd = InetdProcess.startElsewhere(
                    scene, scene.path("s").toString(), "/usr/sbin/sshd", "-i", "-e", "-f", config.toString());
            String session = run(
                    scene.clients(),
                    List.of(
                            "ssh",
                            "-F",
                            "none",
                            "-i",
                            folder.resolve("user").toString(),
                            "-o",
                            "StrictHostKeyChecking=no",
                            "-o",
                            "UserKnownHostsFile=/dev/null",
                            "-o",
                            "BatchMode=yes",
                            "-o",
                            "LogLevel=ERROR",
                            "root@" + address,
                            "echo $SSH_CONNECTION"));
            String[] words = session.strip().split(" ");
            assertEquals(4, words.length, session);
            assertEquals(address, words[2]);
            assertEquals("22", words[3]);
            inetd.awaitEnded(1);
            String client = words[0].contains(":") ? "[" + words[0] + "]" : words[0];
            assertEquals(List.of(client + ":" + words[1]), inetd.startedFor());
            inetd.awaitLine("Accepted publickey for root from " + words[0]);
            assertEquals(0, inetd.process().terminate());
        }
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES) // A process for each connection, and not a small one.
    void sshdLosesNoConnection() throws Exception {
        try (Scene scene = new Scene()) {
            scene.server("rule-set:0\ndefault jump-unix:@s\n");
            keyPair(scene.path("host"));
            Path config = Files.writeString(
                    scene.path("config"), "HostKey " + scene.path("host") + "\nUsePAM no\nPidFile none\n");
            Files.createDirectories(Path.of("/run/sshd"));
            InetdProcess inetd = InetdProcess.startElsewhere(
                    scene, scene.path("s").toString(), "/usr/sbin/sshd", "-i", "-e", "-f", config.toString());
            assertEquals(
                    List.of(),
                    Exchange.burst(scene.clients(), SERVERS, DaemonStage.BURST, "SSH-2.0-test\r\n", "SSH-2.0-OpenSSH"));
            inetd.awaitEnded(DaemonStage.BURST);
            assertEquals(0, inetd.process().terminate());
        }
    }

    private static void keyPair(Path file) throws Exception {
        Process process = new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString())
                .inheritIO()
                .start();
        assertEquals(0, process.waitFor());
    }

    private static String run(Netns netns, List<String> command) {
        return netns.call(() -> {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            return output;
        });
    }
}
