package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;
import java.lang.foreign.MemorySegment;

/** Namespaces (namespaces(7)) of the calling thread. Only tests need them. */
public final class Namespaces {
    public static final int NETWORK = linux_h.CLONE_NEWNET();
    public static final int MOUNT = linux_h.CLONE_NEWNS();
    public static final int USER = linux_h.CLONE_NEWUSER();

    private static final MemorySegment SETNS = Native.symbol("setns");
    private static final MemorySegment UNSHARE = Native.symbol("unshare");

    private Namespaces() {}

    /** setns(2): the calling thread enters the namespace that {@code fd} is open on; {@code kind} 0 takes any. */
    public static void enter(int fd, int kind) {
        try (Frame frame = new Frame()) {
            if (frame.call(SETNS, fd, kind) != 0) {
                frame.fail("setns descriptor " + fd);
            }
        }
    }

    /** unshare(2): the calling thread moves to new namespaces, {@code kinds} or-ed. */
    public static void unshare(int kinds) {
        try (Frame frame = new Frame()) {
            if (frame.call(UNSHARE, kinds) != 0) {
                frame.fail("unshare 0x" + Integer.toHexString(kinds));
            }
        }
    }
}
