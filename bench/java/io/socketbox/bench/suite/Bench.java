package io.socketbox.bench.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What all sections work with: folders, tools, and how much to do. Processor 0 is for what is measured, processor 1 for
 * clients and receivers.
 */
final class Bench {
    /** Every address of it is local in the namespace of the suite. */
    static final String PREFIX = "2001:db8:1::";

    private final boolean quick;
    private final Path dist;
    private final Path tools;
    private final Path work;
    private int nextPort = 10_000;
    private int nextFile;

    Bench(boolean quick, Path dist, Path tools, Path work) {
        this.quick = quick;
        this.dist = dist;
        this.tools = tools;
        this.work = work;
    }

    boolean isQuick() {
        return quick;
    }

    /** One of two numbers, by how much there is to do. */
    int quickOr(int few, int many) {
        return quick ? few : many;
    }

    int serverProcessor() {
        return 0;
    }

    int clientProcessor() {
        return Runtime.getRuntime().availableProcessors() > 1 ? 1 : 0;
    }

    Path dist() {
        return dist;
    }

    /** The path of a program of bench/c. */
    String tool(String name) {
        return tools.resolve(name).toString();
    }

    boolean hasTool(String name) {
        return Files.isExecutable(tools.resolve(name));
    }

    /** A path that nothing is at yet. */
    Path file(String name) {
        return work.resolve(name + "." + nextFile++);
    }

    int freePort() {
        return nextPort++;
    }

    /** The folder of the original's programs, or null. */
    static String original() {
        return System.getenv("ORIGINAL");
    }

    /** bench/c/receiver at a path, ready. */
    Program receiver(Path path, int delayUs, int sockets) throws IOException {
        return ready(
                clientProcessor(),
                List.of(tool("receiver"), path.toString(), Integer.toString(delayUs), Integer.toString(sockets)),
                "ready");
    }

    /** bench/c/acceptor, ready. */
    Program acceptor(int port, Path path, int destinations) throws IOException {
        return ready(
                serverProcessor(),
                List.of(tool("acceptor"), Integer.toString(port), path.toString(), Integer.toString(destinations)),
                "ready");
    }

    /** Our server with everything for one path, ready. */
    Program socketbox(int port, Path path, String... options) throws IOException {
        Path configuration = file("socketbox.conf");
        Files.writeString(configuration, "rule-set:0\nip:::/0 jump-unix:" + path + "\n");
        return socketboxWith(port, configuration, Map.of(), options);
    }

    /** Our server with a configuration, ready. */
    Program socketboxWith(int port, Path configuration, Map<String, String> environment, String... options)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                dist.resolve("bin/socketbox").toString(),
                "-p",
                Integer.toString(port),
                "-f",
                configuration.toString()));
        command.addAll(List.of(options));
        Program program = Program.start(serverProcessor(), environment, command);
        program.awaitLine("listening on");
        return program;
    }

    private static Program ready(int processor, List<String> command, String word) throws IOException {
        Program program = Program.start(processor, Map.of(), command);
        program.awaitLine(word);
        return program;
    }
}
