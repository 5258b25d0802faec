package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The preload library, one behaviour a C program of src/test/c, and what it says about bad settings. */
class PreloadIT {
    private static final Path SOURCES = Path.of("src/test/c");
    private static final Path LIBRARY =
            ServerProcess.launcher("x").getParent().resolveSibling("lib/libsocketbox-preload.so");
    private static final Path RUN = ServerProcess.launcher("run-with-socketbox");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> behaviours() throws IOException {
        return behaviours(List.of("cc"), LIBRARY);
    }

    /** Another C library, another dynamic linker: built without warnings, and the same behaviours. */
    @TestFactory
    Stream<DynamicTest> behavioursWithMusl() throws Exception {
        Path headers = Files.createDirectory(folder.resolve("headers")); // Debian's musl comes without the kernel's.
        Path system = Path.of("/usr/include");
        String machine =
                Command.in(folder, "cc", "-print-multiarch").run().output().strip();
        Files.createSymbolicLink(headers.resolve("linux"), system.resolve("linux"));
        Files.createSymbolicLink(headers.resolve("asm-generic"), system.resolve("asm-generic"));
        Files.createSymbolicLink(headers.resolve("asm"), system.resolve(machine).resolve("asm"));
        Command.Result built = Command.in(Path.of("").toAbsolutePath(), "src/build/native", folder.toString())
                .with("CC", "musl-gcc -isystem " + headers)
                .run();
        assertEquals("", built.output());
        assertEquals(0, built.exit());
        return behaviours(
                List.of("musl-gcc", "-isystem", headers.toString()),
                folder.resolve("dist/lib/libsocketbox-preload.so"));
    }

    private Stream<DynamicTest> behaviours(List<String> compiler, Path library) throws IOException {
        List<Path> programs;
        try (var files = Files.list(SOURCES)) {
            programs = files.filter(file -> file.toString().endsWith(".c"))
                    .sorted()
                    .toList();
        }
        assertFalse(programs.isEmpty());
        return programs.stream()
                .map(source -> DynamicTest.dynamicTest(
                        source.getFileName().toString().replace(".c", ""), () -> check(source, compiler, library)));
    }

    private void check(Path source, List<String> compiler, Path library) throws Exception {
        Path place = Files.createTempDirectory(folder, "t");
        Path program = place.resolve("program");
        Command.Result compiled = new Command(Path.of("").toAbsolutePath(), Map.of(), compiler)
                .plus("-std=c17 -O1 -Wall -Wextra -Werror -pthread -o".split(" "))
                .plus(program.toString(), source.toString())
                .run();
        assertEquals(0, compiled.exit(), compiled::output);
        Path inside = Files.createDirectory(place.resolve("in"));
        String bind = "*:80=@/web,[2001:db8::1]:81=@/six,192.0.2.1:82=@/four".replace("@", inside.toString());
        // By env, because timeout itself may be of another C library.
        Command.Result result = Command.in(inside, "timeout", "60", "env", "LD_PRELOAD=" + library, program.toString())
                .with("SOCKETBOX_BIND", bind)
                .with("SKBOX_DIRECTORY_ROOT", inside.toString())
                .with("SKBOX_DIRECTORY_ROOT2", inside.toString())
                .with("SKBOX_PORT_FILTER_IPV4", "0,0,443")
                .run();
        assertEquals(0, result.exit(), result::output);
    }

    /** The inputs that fuzzing has found worth keeping; `make fuzz` looks for more. */
    @Test
    void survivesTheFuzzersCorpus() throws Exception {
        Command.Result result =
                Command.in(Path.of("").toAbsolutePath(), "src/build/fuzz", "0").run();
        assertEquals(0, result.exit(), result::output);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SOCKETBOX_BIND=[::]:80",
                "SOCKETBOX_BIND=[::]:0=/x",
                "SOCKETBOX_BIND=[::]:70000=/x",
                "SOCKETBOX_BIND=::1:80=/x",
                "SOCKETBOX_BIND=[::]:80=relative",
                "SOCKETBOX_BIND=[::]:80=/x,",
                "SOCKETBOX_PEER4=240.0.0.0",
                "SOCKETBOX_PEER4=240.0.0.1/4",
                "SOCKETBOX_PEER4=240.0.0.0/25",
                "SKBOX_DIRECTORY_ROOT=relative",
                "SKBOX_DIRECTORY_ROOT2=relative",
                "SKBOX_STRICT_STREAM_MODE=3",
                "SKBOX_STEALTH_MODE=x",
                "SKBOX_ENABLE_CONNECT=b",
                "SKBOX_ENABLE_CONNECT=2b",
                "SKBOX_PORT_FILTER_IPV6=1024,,80",
                "SKBOX_PORT_FILTER_IPV4=0,0,65536",
                "SKBOX_PORT_FILTER_IPV6_WILDCARD=-1",
                "SKBOX_PORT_FILTER_IPV4_WILDCARD=80,80x",
            })
    void aBadSettingEndsTheProgram(String setting) throws Exception {
        Command.Result result = Command.in(folder, "env", "LD_PRELOAD=" + LIBRARY, setting, "true")
                .run();
        assertEquals(1, result.exit(), result::output);
        assertEquals(1, result.output().lines().count(), result::output);
        assertTrue(result.output().startsWith("socketbox-preload: " + setting + ": "), result::output);
    }

    @Test
    void runWithSocketboxPassesItsSettingsOn() throws Exception {
        Command.Result result = Command.in(
                        folder,
                        RUN.toString(),
                        "-b",
                        "[::]:80=/run/a",
                        "--bind=*:81=/run/b",
                        "-b192.0.2.1:82=/run/c",
                        "--",
                        "sh",
                        "-c",
                        "echo $SOCKETBOX_BIND $SKBOX_DIRECTORY_ROOT $LD_PRELOAD; exit 7")
                .run();
        assertEquals(7, result.exit(), result::output);
        assertEquals(
                "[::]:80=/run/a,*:81=/run/b,192.0.2.1:82=/run/c /run/socketbox-conf " + LIBRARY + "\n",
                result.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--", "-b", "-b x -- true", "--unknown true", "-b [::]:80=x true"})
    void runWithSocketboxRefusesBadUsage(String arguments) throws Exception {
        Command.Result result =
                Command.in(folder, RUN.toString()).plus(arguments.split(" ")).run();
        assertEquals(1, result.exit(), result::output);
        assertTrue(result.output().startsWith("run-with-socketbox: "), result::output);
    }

    @Test
    void runWithSocketboxWarnsOfStaticPrograms() throws Exception {
        Path source = Files.writeString(folder.resolve("p.c"), "int main(void) { return 5; }\n");
        Command.Result compiled = Command.in(folder, "cc", "-static", "-o", "p", source.toString())
                .run();
        assertEquals(0, compiled.exit(), compiled::output);
        Command.Result result =
                Command.in(folder, RUN.toString(), "--", folder + "/p").run();
        assertEquals(5, result.exit(), result::output);
        assertTrue(result.output().contains("linked statically"), result::output);
        assertEquals("", Command.in(folder, RUN.toString(), "true").run().output());
    }

    @Test
    void runWithSocketboxWarnsOfProgramsThatItCannotReach() throws Exception {
        Path go = Files.copy(Path.of("/usr/bin/env"), folder.resolve("go"));
        Files.writeString(go, "\0Go buildinf:", StandardOpenOption.APPEND);
        assertTrue(go.toFile().setExecutable(true));
        Command.Result result =
                Command.in(folder, RUN.toString(), go.toString(), "true").run();
        assertEquals(0, result.exit(), result::output);
        assertTrue(result.output().contains("is a Go program"), result::output);
        Path setUid = Files.copy(Path.of("/usr/bin/env"), folder.resolve("setuid"));
        Command.Result changed =
                Command.in(folder, "chmod", "4755", setUid.toString()).run();
        assertEquals(0, changed.exit(), changed::output);
        result = Command.in(folder, RUN.toString(), setUid.toString(), "true").run();
        assertTrue(result.output().contains("set-user-ID"), result::output);
    }

    @Test
    void passesAndQueriesDescriptors() throws Exception {
        String script = """
                import os, socket, subprocess, sys
                bin = sys.argv[1]
                listener = socket.create_server(("127.0.0.1", 0))
                client = socket.create_connection(listener.getsockname())
                server, peer = listener.accept()
                a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
                keep = [s.fileno() for s in (a, b, server)]
                a.send(b"no descriptor")
                subprocess.run([bin + "/send-receive-fd", "-s", str(server.fileno()), str(a.fileno())],
                               pass_fds=keep, check=True)
                query = 'exec "$0" -f $SKBOX_RECEIVED_FD "$@"'
                for options, wanted in (
                    ([], "::ffff:127.0.0.1 %d\\n::ffff:127.0.0.1 %d\\n" % (listener.getsockname()[1], peer[1])),
                    (["-ra"], "::ffff:127.0.0.1\\n"),
                    (["-lpR"], "%04x\\n" % listener.getsockname()[1]),
                    (["-l"], "::ffff:127.0.0.1 %d\\n" % listener.getsockname()[1]),
                    (["--remote"], "::ffff:127.0.0.1 %d\\n" % peer[1]),
                    (["-a"], "::ffff:127.0.0.1\\n" * 2),
                    (["--port"], "%d\\n%d\\n" % (listener.getsockname()[1], peer[1])),
                    (["-r", "-R"], "00000000000000000000ffff7f000001 %04x\\n" % peer[1]),
                    (["-raR"], "00000000000000000000ffff7f000001\\n"),
                ):
                    said = subprocess.run([bin + "/send-receive-fd", "-r", str(b.fileno()), "sh", "-c", query,
                                           bin + "/socket-query", *options], pass_fds=keep, check=True,
                                          capture_output=True, text=True).stdout
                    assert said == wanted, (options, said, wanted)
                    subprocess.run([bin + "/send-receive-fd", "-s", str(server.fileno()), str(a.fileno())],
                                   pass_fds=keep, check=True)
                """;
        Command.Result result = Command.in(
                        folder, "python3", "-c", script, RUN.getParent().toString())
                .run();
        assertEquals(0, result.exit(), result::output);
    }

    @Test
    void theSmallProgramsSayWhatIsWrong() throws Exception {
        String bin = RUN.getParent().toString();
        assertSays(1, "socket-query: descriptor 77; ", bin + "/socket-query", "-f", "77");
        assertSays(1, "socket-query: local address of descriptor 0: ENOTSOCK", bin + "/socket-query");
        assertSays(1, "send-receive-fd: x: not a descriptor number", bin + "/send-receive-fd", "-s", "0", "x");
        assertSays(1, "send-receive-fd: send descriptor 1 through", bin + "/send-receive-fd", "-s", "1", "0");
        assertSays(1, "usage: send-receive-fd", bin + "/send-receive-fd");
        assertSays(0, "usage: socket-query", bin + "/socket-query", "--help");
        assertSays(0, "usage: send-receive-fd", bin + "/send-receive-fd", "--help");
        assertSays(0, "usage: run-with-socketbox", RUN.toString(), "--help");
    }

    private void assertSays(int exit, String start, String... command) throws Exception {
        Command.Result result = Command.in(folder, command).run();
        assertEquals(exit, result.exit(), result::output);
        assertTrue(result.output().startsWith(start), result::output);
    }
}
