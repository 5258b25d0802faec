package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;
import java.lang.foreign.MemorySegment;

/** How the C library, and with it the Java virtual machine outside its heap, takes memory from the kernel. */
public final class NativeMemory {
    private static final MemorySegment MALLOPT = Native.symbol("mallopt");

    private NativeMemory() {}

    /**
     * Has blocks of that size and larger go back to the kernel as soon as they are freed: mallopt(3). By itself the C
     * library keeps ever larger ones for later, in each of its arenas. It is a hint; where it is not heeded, nothing is
     * said.
     *
     * @param bytes at most 32 MiB.
     */
    public static void returnBlocksFrom(int bytes) {
        try (Frame frame = new Frame()) {
            frame.call(MALLOPT, linux_h.M_MMAP_THRESHOLD(), bytes);
        }
    }
}
