package io.socketbox.bench.suite;

import io.socketbox.linux.Sysctl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** What the figures were measured on. */
final class Machine {
    private Machine() {}

    static String describe() throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        String kernel = Files.readString(Path.of("/proc/sys/kernel/osrelease")).trim();
        return LocalDate.now(ZoneOffset.UTC) + "; " + Runtime.getRuntime().availableProcessors() + " x " + processor
                + "; Linux " + kernel + "; Java " + Runtime.version() + "; max_dgram_qlen "
                + Sysctl.number("net/unix/max_dgram_qlen", 0);
    }
}
