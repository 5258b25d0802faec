package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.socketbox.bindings.x86_64.linger;
import io.socketbox.bindings.x86_64.linux_h;
import io.socketbox.bindings.x86_64.tcp_info;
import io.socketbox.bindings.x86_64.timeval;
import io.socketbox.bindings.x86_64.ucred;
import java.lang.foreign.MemorySegment;

/**
 * Socket calls outside of the hot loop. They throw {@link LinuxException}; the message says the call, what it was
 * about, and why. Any thread may use them. Descriptors that they return are close-on-exec and belong to the caller.
 */
public final class Sockets {
    public static final int AF_UNIX = linux_h.AF_UNIX();
    public static final int AF_INET = linux_h.AF_INET();
    public static final int AF_INET6 = linux_h.AF_INET6();
    public static final int STREAM = linux_h.SOCK_STREAM();
    public static final int DGRAM = linux_h.SOCK_DGRAM();
    public static final int SEQPACKET = linux_h.SOCK_SEQPACKET();
    /** To be or-ed to a type. */
    public static final int NONBLOCK = linux_h.SOCK_NONBLOCK();
    /** To be or-ed to a type; the calls of this class do so by themselves. */
    public static final int CLOEXEC = linux_h.SOCK_CLOEXEC();

    public static final int SHUT_RD = linux_h.SHUT_RD();
    public static final int SHUT_WR = linux_h.SHUT_WR();
    public static final int SHUT_RDWR = linux_h.SHUT_RDWR();

    private static final MemorySegment ACCEPT4 = Native.symbol("accept4");
    private static final MemorySegment BIND = Native.symbol("bind");
    private static final MemorySegment CONNECT = Native.symbol("connect");
    private static final MemorySegment GETPEERNAME = Native.symbol("getpeername");
    private static final MemorySegment GETSOCKNAME = Native.symbol("getsockname");
    private static final MemorySegment GETSOCKOPT = Native.symbol("getsockopt");
    private static final MemorySegment IF_NAMETOINDEX = Native.symbol("if_nametoindex");
    private static final MemorySegment LISTEN = Native.symbol("listen");
    private static final MemorySegment RECV = Native.symbol("recv");
    private static final MemorySegment SEND = Native.symbol("send");
    private static final MemorySegment SETSOCKOPT = Native.symbol("setsockopt");
    private static final MemorySegment SHUTDOWN = Native.symbol("shutdown");
    private static final MemorySegment SOCKET = Native.symbol("socket");
    private static final MemorySegment SOCKETPAIR = Native.symbol("socketpair");

    private Sockets() {}

    /**
     * socket(2), close-on-exec.
     *
     * @param type {@link #STREAM} and the like, perhaps with {@link #NONBLOCK}
     */
    public static int socket(int domain, int type) {
        try (Frame frame = new Frame()) {
            int fd = frame.call(SOCKET, domain, type | CLOEXEC, 0);
            return fd >= 0 ? fd : frame.fail("socket " + kind(domain, type));
        }
    }

    /** socketpair(2), close-on-exec: two descriptors. */
    public static int[] socketPair(int domain, int type) {
        try (Frame frame = new Frame()) {
            MemorySegment pair = frame.allocate(2 * Integer.BYTES);
            if (frame.call(SOCKETPAIR, domain, type | CLOEXEC, 0, pair.address()) != 0) {
                frame.fail("socketpair " + kind(domain, type));
            }
            return pair.toArray(JAVA_INT);
        }
    }

    /** bind(2) an AF_INET6 socket. {@code scopeId} is an interface index for a link-local address, else 0. */
    public static void bindInet6(int fd, long hi, long lo, int port, int scopeId) {
        try (Frame frame = new Frame()) {
            AddressBuffer address = inet6(frame, hi, lo, port, scopeId);
            if (frame.call(BIND, fd, address.address(), address.length()) != 0) {
                frame.fail("bind " + Inet6Text.format(hi, lo, scopeId, port));
            }
        }
    }

    /** connect(2) an AF_INET6 socket; a v4-mapped address goes over IPv4. */
    public static void connectInet6(int fd, long hi, long lo, int port, int scopeId) {
        try (Frame frame = new Frame()) {
            AddressBuffer address = inet6(frame, hi, lo, port, scopeId);
            if (frame.call(CONNECT, fd, address.address(), address.length()) != 0) {
                frame.fail("connect " + Inet6Text.format(hi, lo, scopeId, port));
            }
        }
    }

    /**
     * bind(2) a UNIX socket.
     *
     * @param name a path as a byte string, or an abstract name with its leading NUL; at most 107 bytes
     */
    public static void bindUnix(int fd, String name) {
        try (Frame frame = new Frame()) {
            AddressBuffer address = unix(frame, "bind", name);
            if (frame.call(BIND, fd, address.address(), address.length()) != 0) {
                frame.fail("bind " + ByteStrings.display(name));
            }
        }
    }

    /** connect(2) a UNIX socket; {@code name} as for {@link #bindUnix}. */
    public static void connectUnix(int fd, String name) {
        try (Frame frame = new Frame()) {
            AddressBuffer address = unix(frame, "connect", name);
            if (frame.call(CONNECT, fd, address.address(), address.length()) != 0) {
                frame.fail("connect " + ByteStrings.display(name));
            }
        }
    }

    /** listen(2). */
    public static void listen(int fd, int backlog) {
        try (Frame frame = new Frame()) {
            if (frame.call(LISTEN, fd, backlog) != 0) {
                frame.fail("listen on descriptor " + fd + " with backlog " + backlog);
            }
        }
    }

    /** accept4(2), close-on-exec. */
    public static int accept(int fd) {
        try (Frame frame = new Frame()) {
            int accepted = frame.call(ACCEPT4, fd, 0, 0, CLOEXEC);
            return accepted >= 0 ? accepted : frame.fail("accept on descriptor " + fd);
        }
    }

    /** setsockopt(2). */
    public static void setOption(int fd, SocketOption option, int value) {
        try (Frame frame = new Frame()) {
            MemorySegment memory = frame.allocate(Integer.BYTES);
            memory.set(JAVA_INT, 0, value);
            if (setOption(frame, fd, option.level(), option.number(), memory) != 0) {
                frame.fail("setsockopt " + option + " " + value + " on descriptor " + fd);
            }
        }
    }

    /** SO_LINGER of socket(7): 0 seconds makes close(2) reset the connection. */
    public static void setLinger(int fd, int seconds) {
        try (Frame frame = new Frame()) {
            MemorySegment memory = frame.allocate(linger.layout().byteSize());
            linger.l_onoff(memory, 1);
            linger.l_linger(memory, seconds);
            if (setOption(frame, fd, linux_h.SOL_SOCKET(), linux_h.SO_LINGER(), memory) != 0) {
                frame.fail("setsockopt SO_LINGER " + seconds + " on descriptor " + fd);
            }
        }
    }

    /** SO_RCVTIMEO of socket(7): after so long without anything to receive, receiving fails with EAGAIN. 0: never. */
    public static void setReceiveTimeout(int fd, long timeoutMs) {
        setTimeout(fd, linux_h.SO_RCVTIMEO(), "SO_RCVTIMEO", timeoutMs);
    }

    /** SO_SNDTIMEO of socket(7): after so long without room, sending and connecting fail with EAGAIN. 0: never. */
    public static void setSendTimeout(int fd, long timeoutMs) {
        setTimeout(fd, linux_h.SO_SNDTIMEO(), "SO_SNDTIMEO", timeoutMs);
    }

    private static void setTimeout(int fd, int number, String name, long timeoutMs) {
        try (Frame frame = new Frame()) {
            MemorySegment memory = frame.allocate(timeval.layout().byteSize());
            timeval.tv_sec(memory, timeoutMs / 1000);
            timeval.tv_usec(memory, timeoutMs % 1000 * 1000);
            if (setOption(frame, fd, linux_h.SOL_SOCKET(), number, memory) != 0) {
                frame.fail("setsockopt " + name + " " + timeoutMs + " ms on descriptor " + fd);
            }
        }
    }

    private static int setOption(Frame frame, int fd, int level, int number, MemorySegment value) {
        return frame.call(SETSOCKOPT, fd, level, number, value.address(), value.byteSize(), 0);
    }

    /** getsockopt(2). */
    public static int getOption(int fd, SocketOption option) {
        try (Frame frame = new Frame()) {
            MemorySegment value = frame.allocate(Integer.BYTES);
            if (getOption(frame, fd, option.level(), option.number(), value) != 0) {
                frame.fail("getsockopt " + option + " on descriptor " + fd);
            }
            return value.get(JAVA_INT, 0);
        }
    }

    /** Who is at the other end of a connected UNIX socket. */
    public static PeerCredentials peerCredentials(int fd) {
        try (Frame frame = new Frame()) {
            MemorySegment value = frame.allocate(ucred.layout().byteSize());
            if (getOption(frame, fd, linux_h.SOL_SOCKET(), linux_h.SO_PEERCRED(), value) != 0) {
                frame.fail("getsockopt SO_PEERCRED on descriptor " + fd);
            }
            return new PeerCredentials(ucred.pid(value), ucred.uid(value), ucred.gid(value));
        }
    }

    /** How many connections a listening TCP socket has that nobody accepted yet: tcpi_unacked of TCP_INFO, tcp(7). */
    public static int backlogLength(int fd) {
        try (Frame frame = new Frame()) {
            MemorySegment info = frame.allocate(tcp_info.sizeof());
            if (getOption(frame, fd, linux_h.IPPROTO_TCP(), linux_h.TCP_INFO(), info) != 0) {
                frame.fail("getsockopt TCP_INFO on descriptor " + fd);
            }
            return info.get(JAVA_INT, tcp_info.tcpi_unacked$offset());
        }
    }

    private static int getOption(Frame frame, int fd, int level, int number, MemorySegment value) {
        MemorySegment length = frame.allocate(Integer.BYTES);
        length.set(JAVA_INT, 0, (int) value.byteSize());
        return frame.call(GETSOCKOPT, fd, level, number, value.address(), length.address(), 0);
    }

    /** getsockname(2). */
    public static Endpoint localAddress(int fd) {
        return address(GETSOCKNAME, "getsockname", fd);
    }

    /** getpeername(2). */
    public static Endpoint peerAddress(int fd) {
        return address(GETPEERNAME, "getpeername", fd);
    }

    private static Endpoint address(MemorySegment function, String call, int fd) {
        try (Frame frame = new Frame()) {
            AddressBuffer buffer = new AddressBuffer(frame.allocate(AddressBuffer.BYTES));
            buffer.expect();
            if (frame.call(function, fd, buffer.address(), buffer.lengthAddress()) != 0) {
                frame.fail(call + " of descriptor " + fd);
            }
            buffer.decode();
            return new Endpoint(
                    buffer.family(), buffer.hi(), buffer.lo(), buffer.port(), buffer.scopeId(), buffer.unixName());
        }
    }

    /** send(2) without SIGPIPE; returns how many bytes went. */
    public static int send(int fd, byte[] bytes) {
        try (Frame frame = new Frame()) {
            MemorySegment memory = frame.bytes(bytes);
            int sent = frame.call(SEND, fd, memory.address(), bytes.length, linux_h.MSG_NOSIGNAL());
            return sent >= 0 ? sent : frame.fail("send " + bytes.length + " bytes on descriptor " + fd);
        }
    }

    /** recv(2) of at most {@code maxBytes}; empty at the end of a connection. */
    public static byte[] receive(int fd, int maxBytes) {
        try (Frame frame = new Frame()) {
            MemorySegment memory = frame.allocate(maxBytes);
            int length = frame.call(RECV, fd, memory.address(), maxBytes, 0);
            if (length < 0) {
                frame.fail("recv on descriptor " + fd);
            }
            return memory.asSlice(0, length).toArray(JAVA_BYTE);
        }
    }

    /** shutdown(2); {@code how} is {@link #SHUT_RD}, {@link #SHUT_WR} or {@link #SHUT_RDWR}. */
    public static void shutdown(int fd, int how) {
        try (Frame frame = new Frame()) {
            if (frame.call(SHUTDOWN, fd, how) != 0) {
                frame.fail("shutdown of descriptor " + fd);
            }
        }
    }

    /** if_nametoindex(3): the index of a network interface, for use as a scope. */
    public static int interfaceIndex(String name) {
        try (Frame frame = new Frame()) {
            int index = frame.call(IF_NAMETOINDEX, frame.string(name).address());
            return index != 0 ? index : frame.fail("if_nametoindex " + ByteStrings.display(name));
        }
    }

    private static AddressBuffer inet6(Frame frame, long hi, long lo, int port, int scopeId) {
        AddressBuffer address = new AddressBuffer(frame.allocate(AddressBuffer.BYTES));
        address.putInet6(hi, lo, port, scopeId);
        return address;
    }

    private static AddressBuffer unix(Frame frame, String call, String name) {
        AddressBuffer address = new AddressBuffer(frame.allocate(AddressBuffer.BYTES));
        if (!address.putUnix(name)) {
            throw new LinuxException(
                    call + " " + ByteStrings.display(name), name.isEmpty() ? Errno.EINVAL : Errno.ENAMETOOLONG);
        }
        return address;
    }

    private static String kind(int domain, int type) {
        int plain = type & ~(NONBLOCK | CLOEXEC);
        String family = domain == AF_UNIX ? "AF_UNIX" : domain == AF_INET6 ? "AF_INET6" : "family " + domain;
        String kind = plain == STREAM
                ? "SOCK_STREAM"
                : plain == DGRAM ? "SOCK_DGRAM" : plain == SEQPACKET ? "SOCK_SEQPACKET" : "type " + plain;
        return family + " " + kind;
    }
}
