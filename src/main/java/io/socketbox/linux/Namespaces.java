package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;

/** Namespaces (namespaces(7)) of the calling thread, for the demo and for tests. */
@SuppressWarnings("DoNotCallSuggester")
public final class Namespaces {
    public static final int NETWORK = linux_h.CLONE_NEWNET();
    public static final int MOUNT = linux_h.CLONE_NEWNS();
    public static final int USER = linux_h.CLONE_NEWUSER();

    private Namespaces() {}

    /** setns(2): the calling thread enters the namespace that {@code fd} is open on. */
    public static void enter(int fd, int kind) {
        throw new UnsupportedOperationException();
    }

    /** unshare(2): the calling thread moves to new namespaces, {@code kinds} or-ed. */
    public static void unshare(int kinds) {
        throw new UnsupportedOperationException();
    }
}
