package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The C library's environment (environ(7)), as byte strings: what {@link Processes#exec} passes on. {@code
 * System.getenv} does not see changes that are made here. Not to be changed while another thread uses it.
 */
public final class Environment {
    private static final MemorySegment ENVIRON = variable();
    private static final MemorySegment SETENV = Native.symbol("setenv");
    private static final MemorySegment UNSETENV = Native.symbol("unsetenv");

    private Environment() {}

    @SuppressWarnings("restricted")
    private static MemorySegment variable() {
        return Native.symbol("environ").reinterpret(ADDRESS.byteSize());
    }

    private static long pointer() {
        return ENVIRON.get(JAVA_LONG, 0);
    }

    /** All entries, {@code NAME=value}. */
    @SuppressWarnings("restricted")
    public static List<String> entries() {
        List<String> entries = new ArrayList<>();
        MemorySegment array = MemorySegment.ofAddress(pointer()).reinterpret(Long.MAX_VALUE);
        for (long at = 0; pointer() != 0 && array.get(JAVA_LONG, at) != 0; at += ADDRESS.byteSize()) {
            MemorySegment entry = MemorySegment.ofAddress(array.get(JAVA_LONG, at));
            entries.add(entry.reinterpret(Long.MAX_VALUE).getString(0, StandardCharsets.ISO_8859_1));
        }
        return entries;
    }

    /** setenv(3), overwriting. */
    public static void set(String name, String value) {
        try (Frame frame = new Frame()) {
            long nameAddress = frame.string(name).address();
            if (frame.call(SETENV, nameAddress, frame.string(value).address(), 1) != 0) {
                frame.fail("setenv " + ByteStrings.display(name));
            }
        }
    }

    /** unsetenv(3). */
    public static void unset(String name) {
        try (Frame frame = new Frame()) {
            if (frame.call(UNSETENV, frame.string(name).address()) != 0) {
                frame.fail("unsetenv " + ByteStrings.display(name));
            }
        }
    }
}
