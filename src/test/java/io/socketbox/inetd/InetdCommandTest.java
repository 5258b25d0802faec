package io.socketbox.inetd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Sockets;
import io.socketbox.program.Invocation;
import io.socketbox.receive.Program;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Command lines that need no process of their own, and what children are told. */
class InetdCommandTest {
    private static final InetdProgram SOCKET = InetdProgram.SOCKET;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(InetdProgram program, String... arguments) {
        return InetdCommand.run(
                program,
                new Invocation(
                        List.of(arguments),
                        Map.of(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        err,
                        code -> fail("halted with " + code)));
    }

    @ParameterizedTest
    @EnumSource
    void helpNamesEveryOption(InetdProgram program) {
        assertEquals(0, run(program, "--help"));
        String help = out.toString(StandardCharsets.UTF_8);
        for (InetdOption option : program.options()) {
            assertTrue(help.contains("--" + option.longName()), option.longName());
        }
        assertTrue(help.lines().allMatch(line -> line.length() <= 110), help);
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SOCKET   | ''                | too few arguments",
                "SOCKET   | s                 | too few arguments",
                "REGISTER | s 1               | too few arguments",
                "REGISTER | s x prog          | GROUP x: 'x' is not a group number",
                "SOCKET   | --reconnect s p   | unknown option --reconnect",
                "REGISTER | --mode 600 s 1 p  | unknown option --mode",
                "SOCKET   | -f file s         | -f file describes all services; leave out 's'",
                "SOCKET   | -f file -c 3      | -c is for one service; with -f, write it in the lines of file",
                "SOCKET   | -f /nowhere/file  | open /nowhere/file: ENOENT",
                "SOCKET   | -c 0 s p          | '0' is not a number from 1",
                "SOCKET   | --mode 8 s p      | '8' is not an octal mode",
                "SOCKET   | --owner no-body s p | there is no such user",
                "SOCKET   | --grace 5 s p     | '5' is not a duration"
            })
    void badUsageIs1AndOneLine(InetdProgram program, String line, String complaint) {
        String[] arguments = line.isEmpty() ? new String[0] : line.split(" ");
        assertEquals(Program.FAILED, run(program, arguments));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.startsWith(program.programName() + ": ") && said.contains(complaint), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void checkSaysWhatWouldBeServed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("services"), "socket:/run/a run cat\nregister:/run/r group:7 run sh -c x\n");
        assertEquals(Program.OK, run(SOCKET, "--check", "-f", file.toString()));
        assertEquals(Program.OK, run(SOCKET, "--check", "/run/s", "prog"));
        assertEquals(Program.OK, run(InetdProgram.REGISTER, "--check", "/run/r", "5", "prog"));
        assertEquals(
                List.of("cat at /run/a", "sh at group 7 of /run/r", "prog at /run/s", "prog at group 5 of /run/r"),
                out.toString(StandardCharsets.UTF_8).lines().toList());
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void checkSaysEveryError(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("services"), "socket:/a\nsocket:/b run x\nscket:/c run x\n");
        assertEquals(Program.FAILED, run(SOCKET, "-f", file.toString(), "--check"));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("services:1:1") && said.contains("services:3:1"), said);
        assertTrue(said.endsWith("services: not accepted\n"), said);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void optionsOfTheProgramAreItsOwn() throws Exception {
        InetdOptions options = InetdOptions.read(SOCKET, List.of("-c5", "/s", "prog", "-i", "--help", "--", "-f"));
        assertEquals(
                List.of("prog", "-i", "--help", "--", "-f"), options.service().program());
        assertEquals(new Limits(5, 0, Limits.DEFAULT.queue()), options.service().limits());
        assertEquals(Program.Task.SERVE, options.task());
        assertEquals("/s", options.service().place().path());
        assertEquals(0660, options.service().place().mode());
    }

    @Test
    void aRegistrationHasItsGroup() throws Exception {
        InetdOptions options =
                InetdOptions.read(InetdProgram.REGISTER, List.of("--reconnect", "/s", "4294967295", "prog"));
        assertEquals(4294967295L, options.service().place().group());
        assertTrue(options.service().place().reconnect());
    }

    @Test
    void childrenAreToldOfTheConnectionAndNotOfUs() {
        int server = Sockets.socket(Sockets.AF_INET6, Sockets.STREAM);
        try (HotCalls calls = new HotCalls(1)) {
            Sockets.bindInet6(server, 0, 0xffff_7f00_0001L, 0, 0);
            assertEquals(0, calls.getsockname(server), () -> Errno.describe(calls.errno()));
            ChildEnvironment environment = new ChildEnvironment(
                    List.of("PATH=/bin", "PROTO=UNIX", "NOTIFY_SOCKET=/n", "_JAVA_SR_SIGNUM=60", "odd", "=x"));
            Connection connection = new Connection(9, new Connection.ClientAddress(0x2001_0db8_0000_0000L, 1), 4711);
            assertEquals(List.of("PATH=/bin", "odd", "=x"), environment.inherited());
            assertEquals(
                    List.of(
                            "PROTO=TCP",
                            "TCPLOCALIP=127.0.0.1",
                            "TCPLOCALPORT=" + calls.localPort(),
                            "TCPREMOTEIP=2001:db8::1",
                            "TCPREMOTEPORT=4711",
                            "TCPCONNNUM=3",
                            "REMOTE_HOST=2001:db8::1"),
                    environment.of(connection, calls, 3));
            assertEquals(List.of(), environment.of(new Connection(9, null, 0), calls, 1));
        } finally {
            Descriptors.close(server);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0.000", "499999, 0.000", "500000, 0.001", "1234567890, 1.235", "61000000000, 61.000"})
    void durationsHaveThreeDecimals(long ns, String text) {
        assertEquals(text, Children.seconds(ns));
    }

    @ParameterizedTest
    @CsvSource({", TYPE_AND_FAMILY", "0, NONE", "1, TYPE", "2, TYPE_AND_FAMILY", "x, TYPE_AND_FAMILY"})
    void theStrictModeIsThatOfTheVariable(String value, StreamCheck check) {
        assertEquals(check, StreamCheck.of(value));
    }

    @Test
    void theStrictModeAdmitsWhatItSays() {
        int datagram = Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
        int stream = Sockets.socket(Sockets.AF_INET6, Sockets.STREAM);
        int noSocket = Descriptors.eventFd();
        for (StreamCheck check : StreamCheck.values()) {
            assertTrue(check.admits(stream));
            assertEquals(check == StreamCheck.NONE, check.admits(datagram));
            assertEquals(check == StreamCheck.NONE, check.admits(noSocket));
        }
        for (int fd : new int[] {datagram, stream, noSocket}) {
            Descriptors.close(fd);
        }
    }
}
