package io.socketbox.bench.suite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What became of a number of connections.
 *
 * @param answered those that got their byte.
 * @param lost all others: refused, reset, closed without a byte, or without an end.
 * @param ns how long all of it took.
 * @param latencies from connect to the first byte, ns.
 */
record Load(long answered, long lost, long ns, Histogram latencies) {

    /**
     * Makes them with bench/c/load.
     *
     * @param spread how many addresses from {@code address} on; 0 for this one as it is.
     */
    static Load run(Bench bench, String address, int port, int total, int inFlight, int spread)
            throws IOException, InterruptedException {
        Path file = bench.file("latencies");
        List<String> command = new ArrayList<>(List.of(
                bench.tool("load"),
                address,
                Integer.toString(port),
                Integer.toString(total),
                Integer.toString(inFlight),
                file.toString()));
        if (spread > 0) {
            command.add(Integer.toString(spread));
        }
        String printed = Program.run(bench.clientProcessor(), command);
        String[] words = printed.trim().split(" ");
        long answered = Long.parseLong(words[1]);
        long lost = Long.parseLong(words[3])
                + Long.parseLong(words[5])
                + Long.parseLong(words[7])
                + Long.parseLong(words[9]);
        Load load = new Load(answered, lost, Long.parseLong(words[11]), read(file));
        Files.delete(file);
        return load;
    }

    private static Histogram read(Path file) throws IOException {
        Histogram histogram = new Histogram(3);
        ByteBuffer values = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        while (values.hasRemaining()) {
            histogram.recordValue(values.getLong());
        }
        return histogram;
    }

    double perSecond() {
        return answered * 1e9 / ns;
    }

    /** Throws when not every connection was answered: then other figures mean nothing. */
    Load complete() {
        if (lost > 0) {
            throw new IllegalStateException(lost + " of " + (answered + lost) + " connections were lost");
        }
        return this;
    }
}
