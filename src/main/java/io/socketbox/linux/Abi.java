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

    /** struct epoll_event, which only x86-64 packs. */
    static final class EpollEvent {
        static final long SIZE = AARCH64
                ? io.socketbox.bindings.aarch64.epoll_event.layout().byteSize()
                : io.socketbox.bindings.x86_64.epoll_event.layout().byteSize();
        static final long EVENTS = AARCH64
                ? io.socketbox.bindings.aarch64.epoll_event.events$offset()
                : io.socketbox.bindings.x86_64.epoll_event.events$offset();
        static final long DATA = AARCH64
                ? io.socketbox.bindings.aarch64.epoll_event.data$offset()
                : io.socketbox.bindings.x86_64.epoll_event.data$offset();

        private EpollEvent() {}
    }

    /** struct stat. */
    static final class Stat {
        static final long SIZE = AARCH64
                ? io.socketbox.bindings.aarch64.stat.layout().byteSize()
                : io.socketbox.bindings.x86_64.stat.layout().byteSize();
        static final long DEVICE = AARCH64
                ? io.socketbox.bindings.aarch64.stat.st_dev$offset()
                : io.socketbox.bindings.x86_64.stat.st_dev$offset();
        static final long INODE = AARCH64
                ? io.socketbox.bindings.aarch64.stat.st_ino$offset()
                : io.socketbox.bindings.x86_64.stat.st_ino$offset();
        static final long MODE = AARCH64
                ? io.socketbox.bindings.aarch64.stat.st_mode$offset()
                : io.socketbox.bindings.x86_64.stat.st_mode$offset();
        static final long UID = AARCH64
                ? io.socketbox.bindings.aarch64.stat.st_uid$offset()
                : io.socketbox.bindings.x86_64.stat.st_uid$offset();
        static final long GID = AARCH64
                ? io.socketbox.bindings.aarch64.stat.st_gid$offset()
                : io.socketbox.bindings.x86_64.stat.st_gid$offset();

        private Stat() {}
    }
}
