package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The guides work as they say: their {@code sh} blocks are run in order by one shell that stops at the first command
 * that fails, and a {@code text} block is what the one before it prints, among other lines; {@code …} stands for
 * anything.
 *
 * <p>The shell is process 1 of namespaces of its own, in the folder of this build, whose programs come first on its
 * path; /run and /srv are empty, and what is written to /etc is gone afterwards.
 */
class GuideIT {
    private static final Path DIST =
            ServerProcess.launcher("socketbox").getParent().getParent();
    private static final Path GUIDES = Path.of("docs");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
    private static final String ISOLATED = """
            set -eu
            ip link set lo up
            mkdir "$1/upper" "$1/work"
            mount -t overlay -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" overlay /etc
            mount -t tmpfs -o mode=755 tmpfs /run
            mount -t tmpfs -o mode=755 tmpfs /srv
            exec timeout -k 5 120 bash "$1/script"
            """;

    /** Commands, and the lines that they are said to print. */
    private record Step(String commands, List<String> expected) {}

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"anyip.md", "tproxy.md", "containers.md", "moving.md"})
    void works(String guide) throws Exception {
        List<Step> steps = read(Files.readString(GUIDES.resolve(guide)));
        assertTrue(steps.stream().anyMatch(step -> !step.expected().isEmpty()), "nothing to compare");
        Command.Result result = run(steps);
        for (int i = 0; i < steps.size(); i++) {
            Path output = folder.resolve("output." + i);
            assertTrue(Files.exists(output), () -> "it ended before that: " + outputs() + result.output());
            assertPrints(steps.get(i), Files.readAllLines(output));
        }
        assertEquals(0, result.exit(), () -> outputs() + result.output());
    }

    @Test
    void everyGuideIsRun() throws IOException {
        try (var files = Files.list(GUIDES)) {
            List<String> withCommands = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                if (!read(Files.readString(file)).isEmpty()) {
                    withCommands.add(file.getFileName().toString());
                }
            }
            assertEquals(List.of("anyip.md", "containers.md", "moving.md", "tproxy.md"), withCommands);
        }
    }

    private static List<Step> read(String guide) {
        List<Step> steps = new ArrayList<>();
        Matcher block = BLOCK.matcher(guide);
        while (block.find()) {
            switch (block.group(1)) {
                case "sh" -> steps.add(new Step(block.group(2), List.of()));
                case "text" -> {
                    Step step = steps.removeLast();
                    steps.add(new Step(step.commands(), block.group(2).lines().toList()));
                }
                default -> {
                    // A configuration, or what cannot run here.
                }
            }
        }
        return steps;
    }

    private Command.Result run(List<Step> steps) throws Exception {
        // Background processes write to the output of their own step, also during later ones.
        StringBuilder script = new StringBuilder("set -e\n");
        for (int i = 0; i < steps.size(); i++) {
            script.append("exec >'%s/output.%d' 2>&1\n".formatted(folder, i));
            script.append(steps.get(i).commands());
        }
        Files.writeString(folder.resolve("script"), script);
        return Command.in(
                        DIST,
                        "unshare",
                        "-nmp",
                        "--fork",
                        "--kill-child",
                        "--mount-proc",
                        "sh",
                        "-c",
                        ISOLATED,
                        "sh",
                        folder.toString())
                .with("PATH", DIST.resolve("bin") + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
                .run();
    }

    private static void assertPrints(Step step, List<String> actual) {
        int next = 0;
        for (String line : step.expected()) {
            String pattern = Pattern.quote(line.strip()).replace("…", "\\E.*\\Q");
            while (next < actual.size() && !actual.get(next).strip().matches(pattern)) {
                next++;
            }
            assertTrue(
                    next++ < actual.size(),
                    () -> line + "\nis missing in " + String.join("\n", actual) + "\nof\n" + step.commands());
        }
    }

    private String outputs() {
        try (var files = Files.list(folder)) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith("output."))
                    .sorted()
                    .toList()) {
                all.append(file.getFileName()).append(":\n").append(Files.readString(file));
            }
            return all.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
