package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
    /**
     * Lists its own descriptors without opening one for that, and its signals; exec, because a shell blocks them as it
     * forks.
     */
    private static final String INSPECT =
            "for fd in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 250 251 252 900;"
                    + " do [ -e /proc/$$/fd/$fd ] && echo fd $fd; done; exec grep -E 'Sig(Blk|Ign)' /proc/self/status";

    private final List<Integer> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(Descriptors::close);
    }

    private static SpawnRequest shell(String script, String... arguments) {
        List<String> all = new ArrayList<>(List.of("sh", "-c", script));
        all.addAll(Arrays.asList(arguments));
        return new SpawnRequest("/bin/sh", all);
    }

    /** Runs it with a pipe as its output, and returns what it wrote. */
    private List<String> output(SpawnRequest request, int expectedCode) {
        int[] pipe = Descriptors.pipe();
        int pid = Processes.spawn(request.standard(0, pipe[1], 2));
        Descriptors.close(pipe[1]);
        String text = readAll(pipe[0]);
        assertEquals(expectedCode, Processes.await(pid).code(), text);
        return text.lines().toList();
    }

    /** All up to the end, and closes it. */
    private static String readAll(int fd) {
        StringBuilder text = new StringBuilder();
        byte[] chunk = Descriptors.read(fd, 4096);
        while (chunk.length > 0) {
            text.append(ByteStrings.of(chunk));
            chunk = Descriptors.read(fd, 4096);
        }
        Descriptors.close(fd);
        return text.toString();
    }

    @Test
    void aProgramThatIsReadyStartsAgainAndAgainEachTimeWithOtherDescriptorsAndEntries() {
        SpawnRequest request = shell("echo $A $B; echo error >&2").environment(List.of("A=both", "PATH=/bin"));
        try (Spawner spawner = new Spawner(request)) {
            for (int i = 0; i < 3; i++) {
                List<String> added = i == 0 ? List.of() : List.of("B=" + "b".repeat(i * 1_000), "C=");
                int[] pipe = Descriptors.pipe();
                int pid = spawner.spawn(0, pipe[1], pipe[1], added);
                Descriptors.close(pipe[1]);
                String text = readAll(pipe[0]);
                assertEquals(0, Processes.await(pid).code());
                String given = i == 0 ? "both" : "both " + "b".repeat(i * 1_000);
                assertEquals(given + "\nerror\n", text);
            }
        }
    }

    @Test
    void aChildGetsOnlyWhatItIsGivenAndCleanSignals() {
        for (int lowest : new int[] {5, 7, 900}) {
            int fd = Descriptors.dupFrom(0, lowest);
            opened.add(fd);
            Descriptors.setCloseOnExec(fd, false);
        }
        int kept = Descriptors.dupFrom(0, 250);
        opened.add(kept);
        Signals.ignore(Signals.SIGUSR1);
        try {
            assertTrue(Signals.isIgnored(Signals.SIGUSR1));
            assertEquals(
                    List.of(
                            "fd 0",
                            "fd 1",
                            "fd 2",
                            "fd " + kept,
                            "SigBlk:\t0000000000000000",
                            "SigIgn:\t0000000000000000"),
                    output(shell(INSPECT).inherit(List.of(kept)), 0));
            assertTrue(Descriptors.isCloseOnExec(kept), "unchanged here");
        } finally {
            Signals.setDefault(Signals.SIGUSR1);
        }
        assertFalse(Signals.isIgnored(Signals.SIGUSR1));
    }

    @Test
    void argumentsEnvironmentAndDirectoryArriveByteForByte(@TempDir Path folder) {
        String odd = "\u00ff\u0080 *";
        assertEquals(
                List.of(odd, "value " + odd, folder.toString(), "PATH="),
                output(
                        shell("echo \"$1\"; echo \"$ODD\"; pwd; echo PATH=$NOTHING", "zero", odd)
                                .environment(List.of("ODD=value " + odd))
                                .directory(ByteStrings.of(folder.toString())),
                        0));
    }

    @Test
    void theEnvironmentIsTheCLibrarys() {
        Environment.set("SOCKETBOX_TEST", "a\u00ff=b");
        try {
            assertTrue(Environment.entries().contains("SOCKETBOX_TEST=a\u00ff=b"));
            assertEquals(List.of("a\u00ff=b"), output(shell("echo $SOCKETBOX_TEST"), 0));
            Environment.set("SOCKETBOX_TEST", "c");
            assertEquals(List.of("c"), output(shell("echo $SOCKETBOX_TEST"), 0));
        } finally {
            Environment.unset("SOCKETBOX_TEST");
        }
        assertFalse(Environment.entries().stream().anyMatch(entry -> entry.startsWith("SOCKETBOX_TEST=")));
        assertEquals(List.of(""), output(shell("echo $SOCKETBOX_TEST"), 0));
        assertEquals(
                "setenv a=b: EINVAL (Invalid argument)",
                assertThrows(LinuxException.class, () -> Environment.set("a=b", "c"))
                        .getMessage());
        assertEquals(
                "unsetenv a=b: EINVAL (Invalid argument)",
                assertThrows(LinuxException.class, () -> Environment.unset("a=b"))
                        .getMessage());
    }

    @Test
    void aSessionOfItsOwnWhenAskedFor() {
        String session = "cut -d' ' -f6 /proc/$$/stat; echo $$";
        List<String> own = output(shell(session).newSession(), 0);
        assertEquals(own.get(1), own.get(0));
        List<String> shared = output(shell(session), 0);
        assertNotEquals(shared.get(1), shared.get(0));
    }

    @Test
    void standardDescriptorsArePlaced() {
        int[] in = Descriptors.pipe();
        int[] out = Descriptors.pipe();
        opened.addAll(List.of(in[0], in[1], out[0], out[1]));
        int pid =
                Processes.spawn(shell("read line; echo out $line; echo err >&2").standard(in[0], out[1], out[1]));
        Descriptors.write(in[1], ByteStrings.bytes("hello\n"));
        assertEquals(0, Processes.await(pid).code());
        assertEquals("out hello\nerr\n", ByteStrings.of(Descriptors.read(out[0], 100)));
    }

    @Test
    void theEndOfAChildIsTold() {
        assertEquals(List.of(), output(shell("exit 7"), 7));
        int[] pipe = Descriptors.pipe();
        opened.addAll(List.of(pipe[0], pipe[1]));
        int pid = Processes.spawn(new SpawnRequest("cat", List.of("cat")).standard(pipe[0], 1, 2));
        assertEquals(Optional.empty(), Processes.poll(pid));
        Processes.kill(pid, 0);
        int pidFd = Processes.openPidFd(pid);
        opened.add(pidFd);
        try (HotCalls calls = new HotCalls(1)) {
            int epoll = calls.epollCreate();
            opened.add(epoll);
            calls.epollAdd(epoll, pidFd, Epoll.IN, 0);
            assertEquals(0, calls.epollWait(epoll, 0));
            Processes.kill(pid, Signals.SIGTERM);
            assertEquals(1, calls.epollWait(epoll, 60_000));
        }
        ExitStatus status = Processes.poll(pid).orElseThrow();
        assertFalse(status.exited());
        assertEquals(Signals.SIGTERM, status.signal());
        assertEquals(128 + Signals.SIGTERM, status.code());
        assertEquals(
                "waitpid " + pid + ": ECHILD (No child processes)",
                assertThrows(LinuxException.class, () -> Processes.await(pid)).getMessage());
        assertEquals(
                "kill " + pid + " with signal 15: ESRCH (No such process)",
                assertThrows(LinuxException.class, () -> Processes.kill(pid, Signals.SIGTERM))
                        .getMessage());
        assertEquals(
                "pidfd_open " + pid + ": ESRCH (No such process)",
                assertThrows(LinuxException.class, () -> Processes.openPidFd(pid))
                        .getMessage());
    }

    @Test
    void aProgramThatCannotStartIsReportedByTheCall() {
        assertEquals(
                "start /nosuch/program: ENOENT (No such file or directory)",
                assertThrows(
                                LinuxException.class,
                                () -> Processes.spawn(new SpawnRequest("/nosuch/program", List.of("x"))))
                        .getMessage());
        assertEquals(
                "start /etc/passwd: EACCES (Permission denied)",
                assertThrows(LinuxException.class, () -> Processes.spawn(new SpawnRequest("/etc/passwd", List.of("x"))))
                        .getMessage());
    }

    /**
     * Prints its raw arguments, then becomes a shell that inspects itself; signals are ignored, a descriptor is left
     * open.
     */
    static final class Execute {
        public static void main(String[] args) {
            List<String> raw = Processes.rawArguments();
            System.out.println(raw.get(raw.size() - 1).equals("caf\u00ff"));
            System.out.println(raw.get(0).endsWith("/bin/java"));
            Signals.ignore(Signals.SIGHUP);
            Signals.ignore(Signals.SIGPIPE);
            System.out.println(Processes.exec("no-such-program", List.of("x")).getMessage());
            Signals.ignore(Signals.SIGHUP);
            Environment.set("FROM_JAVA", "yes");
            Descriptors.closeOnExecRange(3, Integer.MAX_VALUE);
            int kept = Descriptors.dupFrom(0, 12);
            Descriptors.setCloseOnExec(kept, false);
            System.out.println("kept " + kept);
            System.out.flush();
            Processes.exec("sh", List.of("sh", "-c", "echo $FROM_JAVA; echo $$; " + INSPECT));
        }
    }

    @Test
    void execLeavesNothingOfTheJvmBehind() {
        List<String> command = new ArrayList<>(ChildJvm.command(Execute.class));
        command.add("caf\u00ff");
        int[] pipe = Descriptors.pipe();
        int pid = Processes.spawn(new SpawnRequest(command.getFirst(), command)
                .environment(List.of("LANG=C", "PATH=" + System.getenv("PATH")))
                .standard(0, pipe[1], 2));
        Descriptors.close(pipe[1]);
        StringBuilder text = new StringBuilder();
        byte[] chunk = Descriptors.read(pipe[0], 4096);
        while (chunk.length > 0) {
            text.append(ByteStrings.of(chunk));
            chunk = Descriptors.read(pipe[0], 4096);
        }
        Descriptors.close(pipe[0]);
        assertEquals(0, Processes.await(pid).code(), text.toString());
        List<String> lines = text.toString().lines().toList();
        String kept = lines.get(3).substring("kept ".length());
        assertEquals(
                List.of(
                        "true",
                        "true",
                        "exec no-such-program: ENOENT (No such file or directory)",
                        "kept " + kept,
                        "yes",
                        Integer.toString(pid),
                        "fd 0",
                        "fd 1",
                        "fd 2",
                        "fd " + kept,
                        "SigBlk:\t0000000000000000",
                        "SigIgn:\t0000000000000000"),
                lines);
    }

    @Test
    void signalsThatCannotBeIgnoredAreReported() {
        assertEquals(
                "sigaction 9 SIG_IGN: EINVAL (Invalid argument)",
                assertThrows(LinuxException.class, () -> Signals.ignore(Signals.SIGKILL))
                        .getMessage());
        assertFalse(Signals.isIgnored(Signals.SIGKILL));
    }
}
