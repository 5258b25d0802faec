package io.socketbox.dispatch;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Sockets;

/** A listening socket on loopback, at a port of the kernel's choice. */
final class TestListener {
    private TestListener() {}

    static int open() {
        int fd = Sockets.socket(Sockets.AF_INET6, Sockets.STREAM);
        Sockets.bindInet6(fd, 0, 1, 0, 0);
        Sockets.listen(fd, 4096);
        Descriptors.setNonBlocking(fd, true);
        return fd;
    }
}
