package io.socketbox.linux;

import io.socketbox.bindings.aarch64.linux_h;

/**
 * What differs between x86-64 and aarch64, chosen once. Everything else is the same on both (a test compares them all),
 * and is taken from the x86-64 bindings.
 */
final class Abi {
    static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");

    static final int O_DIRECTORY = AARCH64 ? linux_h.O_DIRECTORY() : io.socketbox.bindings.x86_64.linux_h.O_DIRECTORY();
    static final int O_NOFOLLOW = AARCH64 ? linux_h.O_NOFOLLOW() : io.socketbox.bindings.x86_64.linux_h.O_NOFOLLOW();
    static final int SYS_capget = AARCH64 ? linux_h.SYS_capget() : io.socketbox.bindings.x86_64.linux_h.SYS_capget();
    static final int SYS_capset = AARCH64 ? linux_h.SYS_capset() : io.socketbox.bindings.x86_64.linux_h.SYS_capset();
    static final int SYS_seccomp = AARCH64 ? linux_h.SYS_seccomp() : io.socketbox.bindings.x86_64.linux_h.SYS_seccomp();

    private Abi() {}

    /** struct epoll_event, which only x86-64 packs. Written out as {@link Stat} is: its generated layout links a switch. */
    static final class EpollEvent {
        static final EpollLayout X86_64_LAYOUT = new EpollLayout(12, 0, 4);
        static final EpollLayout AARCH64_LAYOUT = new EpollLayout(16, 0, 8);

        private static final EpollLayout HERE = AARCH64 ? AARCH64_LAYOUT : X86_64_LAYOUT;
        static final int SIZE = HERE.size();
        static final int EVENTS = HERE.events();
        static final int DATA = HERE.data();

        private EpollEvent() {}
    }

    /** Size and offsets, bytes. */
    record EpollLayout(int size, int events, int data) {}

    /**
     * struct stat, written out and compared with the bindings by a test: the generated layout has an array and builds
     * VarHandles, ten milliseconds.
     */
    static final class Stat {
        static final StatLayout X86_64_LAYOUT = new StatLayout(144, 0, 8, 24, 28, 32, 48);
        static final StatLayout AARCH64_LAYOUT = new StatLayout(128, 0, 8, 16, 24, 28, 48);

        private static final StatLayout HERE = AARCH64 ? AARCH64_LAYOUT : X86_64_LAYOUT;
        static final long SIZE = HERE.size();
        static final long DEVICE = HERE.device();
        static final long INODE = HERE.inode();
        static final long MODE = HERE.mode();
        static final long UID = HERE.uid();
        static final long GID = HERE.gid();
        static final long LENGTH = HERE.length();

        private Stat() {}
    }

    /** Size and offsets, bytes. */
    record StatLayout(long size, long device, long inode, long mode, long uid, long gid, long length) {}
}
