package io.socketbox.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Settings of the kernel, or of this thread's network namespace: sysctl(8), proc_sys(5). */
public final class Sysctl {
    private static final Path ALL = Path.of("/proc/sys");
    private static final int LONGEST_NUMBER = 32;

    private Sysctl() {}

    /**
     * A setting that is a number.
     *
     * @param name such as {@code net/core/somaxconn}.
     * @param otherwise what to say when it is not there or is no number.
     */
    public static long number(String name, long otherwise) {
        // A sysctl gives everything to the first read and nothing to a second one, which Files.readString relies on.
        try (InputStream sysctl = Files.newInputStream(ALL.resolve(name))) {
            byte[] text = new byte[LONGEST_NUMBER];
            int length = sysctl.read(text);
            return Long.parseLong(new String(text, 0, Math.max(0, length), StandardCharsets.US_ASCII).strip());
        } catch (IOException | NumberFormatException e) {
            return otherwise;
        }
    }
}
