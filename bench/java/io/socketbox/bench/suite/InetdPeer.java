package io.socketbox.bench.suite;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Programs that start a process for each connection, and a receiver that starts none. */
public enum InetdPeer {
    /** socketbox before socketbox-inetd. */
    SOCKETBOX("socketbox + socketbox-inetd", "dist:bin/socketbox-inetd"),
    /** socketbox before a receiver that answers by itself. */
    RESIDENT("socketbox + resident receiver", "dist:bin/socketbox"),
    /** Package openbsd-inetd. */
    OPENBSD_INETD("openbsd-inetd", "usr/sbin/inetd.real", "usr/sbin/inetd"),
    /** Package xinetd. */
    XINETD("xinetd", "usr/sbin/xinetd"),
    /** Package ucspi-tcp. */
    TCPSERVER("tcpserver", "usr/bin/tcpserver"),
    /** Package ipsvd. */
    TCPSVD("tcpsvd", "usr/bin/tcpsvd"),
    /** Package systemd. */
    SYSTEMD_SOCKET_ACTIVATE("systemd-socket-activate", "usr/bin/systemd-socket-activate");

    private static final int MANY = 1_000;
    private static final String NO_LIMIT = "1000000";

    private final String title;
    private final List<String> places;

    InetdPeer(String title, String... places) {
        this.title = title;
        this.places = List.of(places);
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    private static Path property(String name) {
        return Path.of(System.getProperty(name));
    }

    /** Where it is: unpacked for the benchmarks, else installed; null when it is not there. */
    Path executable() {
        for (String place : places) {
            if (place.startsWith("dist:")) {
                return property("bench.dist").resolve(place.substring(5));
            }
            for (Path root : List.of(property("bench.peers"), Path.of("/"))) {
                if (Files.isExecutable(root.resolve(place))) {
                    return root.resolve(place);
                }
            }
        }
        return null;
    }

    /**
     * Starts it, so that each connection to the port of 127.0.0.1 gets a byte.
     *
     * @return ends it.
     */
    public AutoCloseable start(int port) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("socketbox-bench-inetd");
        Deque<Program> programs = new ArrayDeque<>();
        AutoCloseable all = () -> {
            programs.forEach(Program::close);
            for (Path file : Files.list(work).toList()) {
                Files.delete(file);
            }
            Files.delete(work);
        };
        String one = property("bench.tools").resolve("one").toString();
        String at = Integer.toString(port);
        switch (this) {
            case SOCKETBOX, RESIDENT -> {
                Path socket = work.resolve("socket");
                Path configuration = work.resolve("conf");
                Files.writeString(configuration, "rule-set:0\ndefault jump-unix:" + socket + "\n");
                programs.push(program(
                        work,
                        this == SOCKETBOX
                                ? List.of(executable().toString(), socket.toString(), one)
                                : List.of(
                                        property("bench.tools")
                                                .resolve("receiver")
                                                .toString(),
                                        socket.toString())));
                programs.push(program(
                        work,
                        List.of(
                                property("bench.dist").resolve("bin/socketbox").toString(),
                                "-p",
                                at,
                                "-f",
                                configuration.toString())));
            }
            case OPENBSD_INETD -> {
                Path configuration = work.resolve("inetd.conf");
                Files.writeString(configuration, at + " stream tcp nowait root " + one + " one\n");
                programs.push(program(
                        work, List.of(executable().toString(), "-i", "-R", NO_LIMIT, configuration.toString())));
            }
            case XINETD -> {
                Path configuration = work.resolve("xinetd.conf");
                Files.writeString(
                        configuration,
                        "service bench\n{\ntype = UNLISTED\nport = " + at
                                + "\nsocket_type = stream\nprotocol = tcp\nwait = no\nuser = root\nserver = " + one
                                + "\ninstances = UNLIMITED\nper_source = UNLIMITED\ncps = " + NO_LIMIT + " 1\n}\n");
                programs.push(program(
                        work,
                        List.of(
                                executable().toString(),
                                "-dontfork",
                                "-pidfile",
                                work.resolve("pid").toString(),
                                "-f",
                                configuration.toString())));
            }
            case TCPSERVER ->
                programs.push(program(
                        work,
                        List.of(
                                executable().toString(),
                                "-H",
                                "-R",
                                "-l0",
                                "-b",
                                Integer.toString(MANY),
                                "-c",
                                Integer.toString(MANY),
                                "127.0.0.1",
                                at,
                                one)));
            case TCPSVD ->
                programs.push(program(
                        work,
                        List.of(
                                executable().toString(),
                                "-b",
                                Integer.toString(MANY),
                                "-c",
                                Integer.toString(MANY),
                                "-l0",
                                "127.0.0.1",
                                at,
                                one)));
            case SYSTEMD_SOCKET_ACTIVATE ->
                programs.push(program(work, List.of(executable().toString(), "--accept", "--inetd", "-l", at, one)));
        }
        awaitListening(port, programs.peek());
        return all;
    }

    /** Its output goes to a file, so that it never waits for somebody to read it. */
    private static Program program(Path work, List<String> command) throws IOException {
        Path library = property("bench.peers").resolve("usr/lib/x86_64-linux-gnu");
        return Program.start(
                -1,
                Map.of(
                        "LD_LIBRARY_PATH",
                        library + ":" + property("bench.peers").resolve("lib/x86_64-linux-gnu")),
                work.resolve("output"),
                command);
    }

    private void awaitListening(int port, Program program) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + 20_000_000_000L;
        while (true) {
            try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                if (socket.getInputStream().read() == 'x') {
                    return;
                }
            } catch (ConnectException notYet) {
                if (!program.isAlive()) {
                    throw new IOException(title + " ended instead of listening", notYet);
                }
            }
            if (System.nanoTime() > endNs) {
                throw new IOException(title + " does not answer");
            }
            Thread.sleep(20);
        }
    }
}
