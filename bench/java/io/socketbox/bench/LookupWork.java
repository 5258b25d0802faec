package io.socketbox.bench;

import io.socketbox.config.Configuration;
import io.socketbox.route.Addresses;
import io.socketbox.route.RouteTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * What the lookup benchmarks look up: random /64 prefixes of one /32, and addresses in them. The same for the same
 * arguments.
 *
 * @param prefix the upper halves.
 * @param localHi of the addresses, {@link #ADDRESSES} of them.
 * @param localLo of the same.
 */
public record LookupWork(long[] prefix, long[] localHi, long[] localLo) {
    /** How many different addresses are looked up in turn; a power of two. */
    public static final int ADDRESSES = 1 << 18;

    private static final int DESTINATIONS = 1000;

    /**
     * Draws it.
     *
     * @param skewed whether few prefixes are drawn nearly always, instead of each as often.
     */
    public static LookupWork of(int prefixes, boolean skewed) {
        Random random = new Random(42);
        LookupWork work = new LookupWork(new long[prefixes], new long[ADDRESSES], new long[ADDRESSES]);
        for (int i = 0; i < prefixes; i++) {
            work.prefix[i] = 0x2001_0db8_0000_0000L | (random.nextInt() & 0xffff_ffffL);
        }
        for (int i = 0; i < ADDRESSES; i++) {
            double draw = random.nextDouble();
            work.localHi[i] = work.prefix[(int) ((skewed ? Math.pow(draw, 8) : draw) * prefixes)];
            work.localLo[i] = random.nextLong();
        }
        return work;
    }

    /** Our table of the prefixes, read from a configuration. */
    public RouteTable table() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(52 * prefix.length + 64);
        StringBuilder line = new StringBuilder("rule-set:0\n");
        for (int i = 0; i < prefix.length; i++) {
            line.append("ip:");
            Addresses.append(line, prefix[i], 0);
            line.append("/64 jump-unix:/run/").append(i % DESTINATIONS).append(".sock\n");
            bytes.writeBytes(line.toString().getBytes(StandardCharsets.ISO_8859_1));
            line.setLength(0);
        }
        return Configuration.parse(bytes.toByteArray(), "bench.conf", false)
                .compile()
                .table();
    }

    /** Writes it as bench/c/lookups.h says. */
    public void write(Path file) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(16 + 8 * prefix.length + 16 * ADDRESSES).order(ByteOrder.nativeOrder());
        bytes.putLong(prefix.length).putLong(ADDRESSES);
        for (long upper : prefix) {
            bytes.putLong(upper);
        }
        for (int i = 0; i < ADDRESSES; i++) {
            bytes.putLong(localHi[i]).putLong(localLo[i]);
        }
        Files.write(file, bytes.array());
    }
}
