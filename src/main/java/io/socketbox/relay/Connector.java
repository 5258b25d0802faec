package io.socketbox.relay;

import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.Inet6Text;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.StreamCalls;

/** Makes the connection to a target, without waiting for it. For the agent's thread. */
final class Connector {
    private Connector() {}

    /**
     * Begins to connect.
     *
     * @param source the client whose address the connection shall come from, or null.
     * @return a non-blocking descriptor, the caller's, whose connection is made or under way.
     * @throws LinuxException when that fails at once; EAGAIN when a UNIX socket's backlog is full.
     */
    static int connect(Target target, Client source, HotCalls hot, StreamCalls calls) {
        int family = target.isUnix() ? Sockets.AF_UNIX : Sockets.AF_INET6;
        int fd = hot.socket(family, Sockets.STREAM | Sockets.CLOEXEC | Sockets.NONBLOCK, 0);
        if (fd < 0) {
            throw new LinuxException("socket", hot.errno());
        }
        try {
            int result;
            if (target.isUnix()) {
                result = calls.connectUnix(fd, target.unixName());
            } else {
                prepare(fd, target, source, calls);
                result = calls.connectInet6(fd, target.hi(), target.lo(), target.port(), target.scopeId());
            }
            if (result != 0 && calls.errno() != Errno.EINPROGRESS) {
                throw new LinuxException("connect", calls.errno());
            }
            return fd;
        } catch (LinuxException e) {
            hot.close(fd);
            throw e;
        }
    }

    private static void prepare(int fd, Target target, Client source, StreamCalls calls) {
        Sockets.setOption(fd, SocketOption.TCP_NODELAY, 1);
        if (Inet6Text.isV4Mapped(target.hi(), target.lo())) {
            // Whatever /proc/sys/net/ipv6/bindv6only says.
            Sockets.setOption(fd, SocketOption.IPV6_V6ONLY, 0);
        }
        if (source != null) {
            Sockets.setOption(fd, SocketOption.IPV6_TRANSPARENT, 1);
            Sockets.setOption(fd, SocketOption.IP_BIND_ADDRESS_NO_PORT, 1);
            if (calls.bindInet6(fd, source.peerHi(), source.peerLo(), 0, 0) != 0) {
                throw new LinuxException("bind " + Inet6Text.format(source.peerHi(), source.peerLo()), calls.errno());
            }
        }
    }
}
