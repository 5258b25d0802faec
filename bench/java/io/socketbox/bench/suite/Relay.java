package io.socketbox.bench.suite;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The processes between a port and its target. */
final class Relay implements AutoCloseable {
    private static final long PATIENCE_NS = 20_000_000_000L;

    private final int port;
    private final List<Program> programs = new ArrayList<>();

    private Relay(int port) {
        this.port = port;
    }

    /** Starts programs on the processor for servers, and waits until the port can be connected to. */
    @SafeVarargs
    static Relay start(Bench bench, int port, List<String>... commands) throws IOException, InterruptedException {
        Relay relay = new Relay(port);
        try {
            for (List<String> command : commands) {
                // What they print goes to a file, so that they never wait for somebody to read it.
                relay.programs.add(Program.start(bench.serverProcessor(), Map.of(), bench.file("output"), command));
            }
            relay.awaitListening();
            return relay;
        } catch (IOException | InterruptedException e) {
            relay.close();
            throw e;
        }
    }

    private void awaitListening() throws IOException, InterruptedException {
        long endNs = System.nanoTime() + PATIENCE_NS;
        while (true) {
            try (Socket socket = new Socket(InetAddress.ofLiteral("::1"), port)) {
                return;
            } catch (ConnectException notYet) {
                for (Program program : programs) {
                    if (!program.isAlive()) {
                        throw new IOException("ended instead of relaying: " + program, notYet);
                    }
                }
                if (System.nanoTime() > endNs) {
                    throw notYet;
                }
            }
            Thread.sleep(20);
        }
    }

    int port() {
        return port;
    }

    /** Processor time so far of all of its processes and of theirs, once those for connections have ended. */
    long cpuNs() throws IOException, InterruptedException {
        long endNs = System.nanoTime() + PATIENCE_NS;
        while (programs.stream().anyMatch(Program::hasChildren)) {
            if (System.nanoTime() > endNs) {
                throw new IllegalStateException("a process goes on without a connection: " + programs);
            }
            Thread.sleep(5);
        }
        long sum = 0;
        for (Program program : programs) {
            sum += program.cpuWithChildrenNs();
        }
        return sum;
    }

    @Override
    public void close() {
        programs.reversed().forEach(Program::close);
    }
}
