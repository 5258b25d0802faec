package io.socketbox.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.socketbox.route.Addresses;
import io.socketbox.route.RouteTable;
import io.socketbox.route.Routes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Configurations of a million rules: memory, and lookups that allocate nothing. */
class LargeConfigurationTest {
    private static final int PREFIXES = 1_000_000;

    /** A /64 prefix that is another one for every index, in no order. */
    private static long prefix(int index) {
        return 0x2001_0db8_0000_0000L | (index * 0x9e37_79b1L & 0xffff_ffffL);
    }

    static byte[] prefixes(int count) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(count * 52);
        StringBuilder text = new StringBuilder("rule-set:0\n");
        for (int i = 0; i < count; i++) {
            text.append("ip:");
            Addresses.append(text, prefix(i), 0);
            text.append("/64 jump-unix:/run/").append(i % 1000).append(".sock\n");
            bytes.writeBytes(text.toString().getBytes(StandardCharsets.ISO_8859_1));
            text.setLength(0);
        }
        return bytes.toByteArray();
    }

    @Test
    void aMillionPrefixesFitFourHundredMegabytes() throws Exception {
        assertEquals(
                "1000000 rules, 0 wrong, 0 diagnostics, 0 bytes left",
                run(LargeConfigurationTest.class, PREFIXES, "-Xmx400m"));
    }

    @Test
    void whatDoesNotFitIsAnErrorNotACrash() throws Exception {
        String said = run(LargeConfigurationTest.class, 500_000, "-Xmx200m", "-XX:MaxDirectMemorySize=40m");
        assertTrue(said.startsWith("error: the configuration does not fit the memory of "), said);
    }

    @Test
    void aTableWhoseWarningsDoNotFitIsGivenBack() throws Exception {
        // What jumps is listed on the heap, which nothing else needs much of.
        String said = run(Jumps.class, PREFIXES, "-Xmx11m", "-XX:MaxDirectMemorySize=400m");
        assertTrue(said.startsWith("0 bytes left, error: the configuration does not fit the memory of "), said);
    }

    private static String run(Class<?> program, int count, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                Integer.toString(count)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said.lines().findFirst().orElse("");
    }

    /** The forked program. */
    public static void main(String[] args) {
        int count = Integer.parseInt(args[0]);
        try (Configuration configuration = Configuration.parse(prefixes(count), "large.conf", false)) {
            if (configuration.errorCount() > 0) {
                System.out.println(configuration.renderDiagnostics());
                return;
            }
            Routes routes = configuration.compile();
            int wrong = 0;
            for (int i = 0; i < count; i++) {
                wrong += routes.table().lookup(prefix(i), i, 80, 0, 0, 0) == i % 1000 ? 0 : 1;
            }
            System.out.print(routes.rules() + " rules, " + wrong + " wrong, "
                    + configuration.diagnostics().size() + " diagnostics, ");
            routes.table().close();
        }
        System.out.println(outsideTheHeap() + " bytes left");
    }

    /** Another forked program: all rules jump. */
    static final class Jumps {
        private Jumps() {}

        public static void main(String[] args) {
            SourceText text = new SourceText("jumps.conf");
            StringBuilder line = new StringBuilder("rule-set:0\n");
            for (int i = 0; i < Integer.parseInt(args[0]); i++) {
                line.append("ip:");
                Addresses.append(line, prefix(i), 0);
                line.append("/64 jump-rule:0\n");
                text.append(line.toString().getBytes(StandardCharsets.ISO_8859_1));
                line.setLength(0);
            }
            try (Configuration configuration = Configuration.parse(text, false, AccountNames.NONE)) {
                System.out.println(outsideTheHeap() + " bytes left, " + configuration.renderDiagnostics());
            }
        }
    }

    private static long outsideTheHeap() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void lookupsAllocateNothing() {
        RandomConfiguration random = new RandomConfiguration(new Random(11));
        String text = random.text() + "rule-set:0\nip:2001:db8::/32 port:1-9 rip:10.0.0.0/8 rport:5 jump-map:1\n";
        RouteTable mixed = Configuration.parse(text.getBytes(StandardCharsets.ISO_8859_1), "a", false)
                .compile()
                .table();
        RouteTable large =
                Configuration.parse(prefixes(20_000), "b", false).compile().table();
        PlainModel.Connection[] connections = new PlainModel.Connection[10_000];
        for (int i = 0; i < connections.length; i++) {
            connections[i] = random.connection();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] allocated = new long[1];
        long sum = 0;
        // The first round links and compiles; what the measurement itself allocates is measured in the same way.
        for (int round = 0; round < 3; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            long idle = threads.getCurrentThreadAllocatedBytes() - before;
            long start = threads.getCurrentThreadAllocatedBytes();
            for (PlainModel.Connection c : connections) {
                sum += lookup(mixed, c) + lookup(large, c);
            }
            allocated[0] = threads.getCurrentThreadAllocatedBytes() - start - idle;
        }
        assertEquals(0, allocated[0], "bytes, for " + 2 * connections.length + " lookups (sum " + sum + ")");
    }

    private static int lookup(RouteTable table, PlainModel.Connection c) {
        return table.lookup(
                c.local().hi(),
                c.local().lo(),
                c.port(),
                c.peer().hi(),
                c.peer().lo(),
                c.peerPort());
    }

    @Test
    void nestedPrefixesStaySmall() {
        StringBuilder text = new StringBuilder("rule-set:0\n");
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            for (int length = 128; length >= 0; length--) {
                text.append("ip:");
                Addresses.append(text, random.nextLong(), random.nextLong());
                text.append('/')
                        .append(length)
                        .append(" jump-fd:")
                        .append(length)
                        .append('\n');
            }
        }
        Configuration configuration =
                Configuration.parse(text.toString().getBytes(StandardCharsets.US_ASCII), "nested.conf", false);
        Routes routes = configuration.compile();
        assertTrue(
                routes.table().sizeInBytes() < 200L * routes.rules(),
                routes.table().sizeInBytes() + " bytes for " + routes.rules() + " rules");
    }

    @Test
    void everyPortAndManyPeersAreFoundWithoutTryingAll() {
        StringBuilder text = new StringBuilder("rule-set:0\n");
        for (int port = 0; port < 65536; port++) {
            text.append("port:")
                    .append(port)
                    .append(" jump-fd:")
                    .append(port % 100)
                    .append('\n');
        }
        for (int net = 0; net < 20_000; net++) {
            text.append("port:0-65535 rip:10.")
                    .append(net >> 8)
                    .append('.')
                    .append(net & 255)
                    .append(".0/24 fail\n");
        }
        text.insert(0, "rule-set:1\njump-rule:0\n");
        Routes routes = Configuration.parse(text.toString().getBytes(StandardCharsets.US_ASCII), "ports.conf", false)
                .compile();
        assertTrue(routes.table().longestList() <= 32, routes.table().longestList() + " in one list");
        for (int port = 0; port < 65536; port++) {
            int destination = routes.table().lookup(1, 2, port, 0, 0, 0);
            assertEquals(port % 100, destination, "port " + port);
        }
    }
}
