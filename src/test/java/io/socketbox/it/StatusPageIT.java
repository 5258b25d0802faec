package io.socketbox.it;

import static io.socketbox.testing.Scene.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.LoadClient;
import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The status page in a real browser, which finds the numbers of the clients on it. Pictures stay in {@code target/}. */
class StatusPageIT {
    private static final String HOSTILE = "<img/src=x/onerror=document.title='xss'>&\"'";
    private static final String PAGE = "http://127.0.0.1:9464/";
    /** Of the page's time, in which nothing waits: it asks once a second. */
    private static final int BUDGET_MS = 8_000;

    @Test
    void aBrowserShowsWhatClientsDid() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("web");
            ServerProcess server = serve(scene);
            LoadClient.run(scene.netns(), List.of(at("2001:db8::1", 80)), 1_234, 16, 60_000);
            LoadClient.run(scene.netns(), List.of(at("2001:db8::4", 80)), 9, 9, 60_000);
            String page = browse(scene, "--dump-dom");
            assertEquals("1\u202f243 in all", text(page, "accepted-total"));
            assertTrue(text(page, "handed-off-total").matches("1\u202f234 in all, [0-9\u202f]+ had to wait"), page);
            assertEquals("live", text(page, "live"));
            assertEquals("0", text(page, "pending"));
            assertTrue(text(page, "p50").matches("[0-9.]+\u00a0(µs|ms)"), text(page, "p50"));
            assertTrue(
                    page.contains("<td title=\"unix:" + scene.path("web") + "\">unix:" + scene.path("web") + "</td>"));
            assertTrue(
                    Pattern.compile("conf-[0-9]+:2</td>(<td[^>]*>1\u202f234</td>){2}<td[^>]*>0</td>"
                                    + "<td[^>]*><span title=\"\">0</span></td>")
                            .matcher(page)
                            .find(),
                    page);
            assertTrue(
                    Pattern.compile("conf-[0-9]+:5</td><td[^>]*>9</td>(<td[^>]*>0</td>){2}"
                                    + "<td[^>]*><span title=\"no route 9\">9</span></td>")
                            .matcher(page)
                            .find(),
                    page);
            Matcher line =
                    Pattern.compile("<path class=\"first\" d=\"M[0-9. L]+").matcher(page);
            assertTrue(line.find(), "a chart has a line");
            assertTrue(server.isAlive());
        }
    }

    @Test
    void limitsAreShown() throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("web");
            scene.server(
                    "limit:few rate:90/m burst:3 over:close client-rate:5/h client-burst:700\nrule-set:0\n"
                            + "default jump-unix:@web use-limit:few\n",
                    "--metrics",
                    "9464");
            LoadClient.run(scene.netns(), List.of(at("2001:db8::1", 80)), 3, 3, 60_000);
            String page =
                    browse(scene, "--dump-dom").replaceAll("<td[^>]*>", "|").replace("</td>", "");
            assertTrue(page.contains("<tr>|few|its rules|1.5 / s|3|close|||0</tr>"), page);
            assertTrue(page.contains("<tr>|few|a client, /64 or /32|5 / h|700|close|||0</tr>"), page);
        }
    }

    @Test
    void aNameIsTextWhateverIsInIt() throws Exception {
        try (Scene scene = new Scene()) {
            serve(scene);
            String page = browse(scene, "--dump-dom");
            assertTrue(page.contains("&lt;img/src=x/onerror=document.title='xss'&gt;&amp;"), page);
            assertFalse(page.contains("<img"), page);
            assertTrue(page.contains("<title>socketbox status</title>"), page);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void aPictureIsTaken(String scheme) throws Exception {
        try (Scene scene = new Scene()) {
            scene.fast("web");
            serve(scene);
            LoadClient.run(scene.netns(), List.of(at("2001:db8::1", 80)), 500, 16, 60_000);
            LoadClient.start(scene.netns(), List.of(at("2001:db8::2", 80)), 20, 20, 60_000);
            Path picture = Files.createDirectories(Path.of("target/pictures"))
                    .resolve("status-" + scheme + ".png")
                    .toAbsolutePath();
            Files.deleteIfExists(picture);
            browse(
                    scene,
                    "--window-size=1280,1150",
                    "--blink-settings=preferredColorScheme=" + (scheme.equals("dark") ? 0 : 1),
                    "--screenshot=" + picture);
            assertTrue(Files.size(picture) > 10_000, "an empty page is smaller");
        }
    }

    private static ServerProcess serve(Scene scene) {
        return scene.server(
                "rule-set:0\nip:2001:db8::1 jump-unix:@web\nip:2001:db8::2 jump-unix:@absent\nip:2001:db8::3 jump-unix:@"
                        + HOSTILE + "\ndefault fail\n",
                "--metrics",
                "9464",
                "--handoff-timeout",
                "2m");
    }

    /** The output of a browser without a screen that has looked at the page for a while. */
    private static String browse(Scene scene, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("ip", "netns", "exec", scene.netns().toString(), "chromium"));
        command.addAll(List.of(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + scene.path("browser"),
                "--virtual-time-budget=" + BUDGET_MS));
        command.addAll(List.of(arguments));
        command.add(PAGE);
        Path out = scene.path("browser.out");
        Path error = scene.path("browser.err");
        Process browser = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(error.toFile())
                .start();
        try {
            assertTrue(browser.waitFor(120, TimeUnit.SECONDS), () -> "does not end: " + DaemonProcess.read(error));
            assertEquals(0, browser.exitValue(), () -> DaemonProcess.read(error));
            return Files.readString(out);
        } finally {
            browser.descendants().forEach(ProcessHandle::destroyForcibly);
            browser.destroyForcibly();
        }
    }

    /** What is in the element of that id, without tags. */
    private static String text(String page, String id) {
        Matcher element =
                Pattern.compile("id=\"" + id + "\"[^>]*>(.*?)</(p|span)>").matcher(page);
        assertTrue(element.find(), () -> id + " is not in " + page);
        return element.group(1).replaceAll("<[^>]*>", "").replace("&nbsp;", "\u00a0");
    }
}
