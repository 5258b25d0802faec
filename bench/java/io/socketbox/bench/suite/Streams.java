package io.socketbox.bench.suite;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What bench/c/stream sends through a relay.
 *
 * @param areMessages of 64 bytes, there and back, one at a time on each stream; else bytes in one direction.
 * @param count connections at a time.
 * @param total messages or bytes, over all of them.
 */
record Streams(boolean areMessages, int count, long total) {

    /**
     * One run.
     *
     * @param perSecond messages or bytes.
     * @param cpuNs processor time of the relaying processes for each message or byte.
     */
    record Result(double perSecond, double cpuNs) {}

    /** The end of the connections, ready: sends messages back, or throws bytes away. */
    static Program end(Bench bench, boolean ofMessages, int port) throws IOException {
        Program end = Program.start(
                bench.clientProcessor(),
                Map.of(),
                List.of(bench.tool("stream"), ofMessages ? "echo" : "sink", Integer.toString(port)));
        end.awaitLine("ready");
        return end;
    }

    /** So many connections through a relay, open and idle until it is closed. */
    static Program hold(Bench bench, Relay relay, int count) throws IOException {
        Program held = Program.start(
                bench.clientProcessor(),
                Map.of(),
                List.of(bench.tool("stream"), "hold", "::1", Integer.toString(relay.port()), Integer.toString(count)));
        held.awaitLine("ready");
        return held;
    }

    Result through(Bench bench, Relay relay) throws IOException, InterruptedException {
        long each = total / count;
        long beforeNs = relay.cpuNs();
        String printed = Program.run(
                bench.clientProcessor(),
                List.of(
                        bench.tool("stream"),
                        areMessages ? "ask" : "write",
                        "::1",
                        Integer.toString(relay.port()),
                        Integer.toString(count),
                        Long.toString(each)));
        double ns = Double.parseDouble(printed.trim().split(" ")[1]);
        long done = each * count;
        return new Result(done * 1e9 / ns, (relay.cpuNs() - beforeNs) / (double) done);
    }
}
