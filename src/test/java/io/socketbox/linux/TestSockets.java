package io.socketbox.linux;

import static io.socketbox.linux.TestLibc.check;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Socket calls for the integration tests: UNIX sockets, descriptor passing, and what a received descriptor looks like
 * (unix(7), cmsg(3), ipv6(7)). Descriptors made here are close-on-exec and belong to the caller. Thread-safe.
 */
public final class TestSockets {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_SEQPACKET = 5;
    public static final int SHUT_RD = 0;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int F_GETFL = 3;
    private static final int POLLIN = 1;
    private static final int MSGHDR_BYTES = 56;
    private static final int CONTROL_BYTES = 64;
    private static final int CMSG_HEADER_BYTES = 16;

    private static final MemorySegment SOCKET = TestLibc.find("socket");
    private static final MemorySegment SOCKETPAIR = TestLibc.find("socketpair");
    private static final MemorySegment BIND = TestLibc.find("bind");
    private static final MemorySegment CONNECT = TestLibc.find("connect");
    private static final MemorySegment LISTEN = TestLibc.find("listen");
    private static final MemorySegment ACCEPT4 = TestLibc.find("accept4");
    private static final MemorySegment RECVMSG = TestLibc.find("recvmsg");
    private static final MemorySegment SENDMSG = TestLibc.find("sendmsg");
    private static final MemorySegment READ = TestLibc.find("read");
    private static final MemorySegment SEND = TestLibc.find("send");
    private static final MemorySegment POLL = TestLibc.find("poll");
    private static final MemorySegment SHUTDOWN = TestLibc.find("shutdown");
    private static final MemorySegment CLOSE = TestLibc.find("close");
    private static final MemorySegment FCNTL = TestLibc.find("fcntl");
    private static final MemorySegment GETPEERNAME = TestLibc.find("getpeername");
    private static final MemorySegment GETSOCKNAME = TestLibc.find("getsockname");

    private TestSockets() {}

    /**
     * One message from a socket.
     *
     * @param length payload bytes; 0 at the end of a socket that was shut down.
     * @param fd the first descriptor that came along, owned by the receiver of this object; -1 for none.
     */
    public record Message(int length, byte[] payload, int fd) {}

    /** An address with the family that the socket itself says it has ({@link #AF_INET} or {@link #AF_INET6}). */
    public record Name(int family, InetSocketAddress address) {}

    /** A new socket. */
    public static int socket(int domain, int type) throws IOException {
        return check("socket", TestLibc.call(SOCKET, domain, type | CLOEXEC, 0));
    }

    /** A connected pair of UNIX sockets of {@code type}. */
    public static int[] socketpair(int type) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(JAVA_INT, 2);
            check("socketpair", TestLibc.call(SOCKETPAIR, AF_UNIX, type | CLOEXEC, 0, pair.address()));
            return pair.toArray(JAVA_INT);
        }
    }

    /** A new UNIX socket of {@code type}, bound to {@code path}, which must not exist. */
    public static int bindUnix(int type, Path path) throws IOException {
        return bindUnix(type, path.toString());
    }

    /** A new UNIX socket of {@code type}, bound to an abstract name. */
    public static int bindAbstract(int type, String name) throws IOException {
        return bindUnix(type, "\0" + name);
    }

    private static int bindUnix(int type, String where) throws IOException {
        int fd = socket(AF_UNIX, type);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = unixName(arena, where);
            check("bind " + where, TestLibc.call(BIND, fd, name.address(), name.byteSize()));
            return fd;
        } catch (IOException e) {
            close(fd);
            throw e;
        }
    }

    /** A new UNIX socket of {@code type}, connected to {@code path}. */
    public static int connectUnix(int type, Path path) throws IOException {
        int fd = socket(AF_UNIX, type);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = unixName(arena, path.toString());
            check("connect " + path, TestLibc.call(CONNECT, fd, name.address(), name.byteSize()));
            return fd;
        } catch (IOException e) {
            close(fd);
            throw e;
        }
    }

    /** A new TCP socket bound to {@code address}: family AF_INET for an IPv4 address, AF_INET6 for an IPv6 one. */
    public static int bindTcp(InetSocketAddress address) throws IOException {
        byte[] ip = address.getAddress().getAddress();
        int family = ip.length == 4 ? AF_INET : AF_INET6;
        int fd = socket(family, SOCK_STREAM);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(ip.length == 4 ? 16 : 28, 8);
            name.set(JAVA_SHORT, 0, (short) family);
            name.set(JAVA_SHORT, 2, Short.reverseBytes((short) address.getPort()));
            MemorySegment.copy(ip, 0, name, JAVA_BYTE, ip.length == 4 ? 4 : 8, ip.length);
            check("bind " + address, TestLibc.call(BIND, fd, name.address(), name.byteSize()));
            return fd;
        } catch (IOException e) {
            close(fd);
            throw e;
        }
    }

    public static void listen(int fd, int backlog) throws IOException {
        check("listen", TestLibc.call(LISTEN, fd, backlog));
    }

    /** Waits for a connection and accepts it. */
    public static int accept(int fd) throws IOException {
        return check("accept4", TestLibc.call(ACCEPT4, fd, 0, 0, CLOEXEC));
    }

    /**
     * Waits until {@code fd} has something to read or has ended.
     *
     * @param timeoutMs -1 waits for ever.
     * @return whether it has.
     */
    public static boolean awaitReadable(int fd, int timeoutMs) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(JAVA_INT, 0, fd);
            pollfd.set(JAVA_SHORT, 4, (short) POLLIN);
            return check("poll", TestLibc.call(POLL, pollfd.address(), 1, timeoutMs)) > 0;
        }
    }

    /**
     * Waits for the next message of {@code fd}. Of a datagram socket that was shut down and is empty only a call that
     * would wait says so, by length 0; with MSG_DONTWAIT it would be EAGAIN for ever.
     */
    public static Message receive(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(512, 8);
            MemorySegment control = arena.allocate(CONTROL_BYTES, 8);
            MemorySegment header = header(arena, data, control);
            int n = TestLibc.call(RECVMSG, fd, header.address(), MSG_CMSG_CLOEXEC);
            check("recvmsg", n);
            byte[] payload = data.asSlice(0, n).toArray(JAVA_BYTE);
            boolean passed = header.get(JAVA_LONG, 40) >= CMSG_HEADER_BYTES + 4
                    && control.get(JAVA_INT, 8) == SOL_SOCKET
                    && control.get(JAVA_INT, 12) == SCM_RIGHTS;
            return new Message(n, payload, passed ? control.get(JAVA_INT, CMSG_HEADER_BYTES) : -1);
        }
    }

    /** Sends {@code payload} with a copy of {@code passed} over {@code fd}, waiting for room. */
    public static void send(int fd, byte[] payload, int passed) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = arena.allocate(CMSG_HEADER_BYTES + 8, 8);
            control.set(JAVA_LONG, 0, CMSG_HEADER_BYTES + 4);
            control.set(JAVA_INT, 8, SOL_SOCKET);
            control.set(JAVA_INT, 12, SCM_RIGHTS);
            control.set(JAVA_INT, CMSG_HEADER_BYTES, passed);
            MemorySegment header = header(arena, TestLibc.bytes(arena, payload), control);
            check("sendmsg", TestLibc.call(SENDMSG, fd, header.address(), MSG_NOSIGNAL));
        }
    }

    /** Reads at most {@code max} bytes; empty at the end. */
    public static byte[] read(int fd, int max) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(max);
            int n = check("read", TestLibc.call(READ, fd, data.address(), max));
            return data.asSlice(0, n).toArray(JAVA_BYTE);
        }
    }

    /** Writes all of {@code bytes} to a socket. */
    public static void write(int fd, byte[] bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = TestLibc.bytes(arena, bytes);
            int n = check("send", TestLibc.call(SEND, fd, data.address(), bytes.length, MSG_NOSIGNAL));
            if (n != bytes.length) {
                throw new IOException("send: " + n + " of " + bytes.length + " bytes");
            }
        }
    }

    public static void shutdown(int fd, int how) throws IOException {
        check("shutdown", TestLibc.call(SHUTDOWN, fd, how));
    }

    public static void close(int fd) throws IOException {
        check("close", TestLibc.call(CLOSE, fd));
    }

    /** The client's end, as getpeername(2) says. */
    public static Name peer(int fd) throws IOException {
        return name("getpeername", GETPEERNAME, fd);
    }

    /** The server's end, as getsockname(2) says. */
    public static Name local(int fd) throws IOException {
        return name("getsockname", GETSOCKNAME, fd);
    }

    /** Whether reading from {@code fd} waits for data. */
    public static boolean isBlocking(int fd) throws IOException {
        return (check("fcntl F_GETFL", TestLibc.call(FCNTL, fd, F_GETFL, 0)) & O_NONBLOCK) == 0;
    }

    private static Name name(String what, MemorySegment function, int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(128, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 128);
            check(what, TestLibc.call(function, fd, name.address(), length.address()));
            int family = name.get(JAVA_SHORT, 0);
            int port = Short.toUnsignedInt(Short.reverseBytes(name.get(JAVA_SHORT, 2)));
            byte[] ip = (family == AF_INET ? name.asSlice(4, 4) : name.asSlice(8, 16)).toArray(JAVA_BYTE);
            return new Name(family, new InetSocketAddress(InetAddress.getByAddress(ip), port));
        }
    }

    private static MemorySegment header(Arena arena, MemorySegment data, MemorySegment control) {
        MemorySegment iov = arena.allocate(16, 8);
        iov.set(ADDRESS, 0, data);
        iov.set(JAVA_LONG, 8, data.byteSize());
        MemorySegment header = arena.allocate(MSGHDR_BYTES, 8);
        header.set(ADDRESS, 16, iov);
        header.set(JAVA_LONG, 24, 1);
        header.set(ADDRESS, 32, control);
        header.set(JAVA_LONG, 40, control.byteSize());
        return header;
    }

    /** A sockaddr_un: a path and the byte that ends it, or a NUL and an abstract name of just that length. */
    private static MemorySegment unixName(Arena arena, String where) throws IOException {
        byte[] bytes = where.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 107) {
            throw new IOException("name over 107 bytes: " + where);
        }
        MemorySegment name = arena.allocate(2 + bytes.length + (where.charAt(0) == 0 ? 0 : 1), 8);
        name.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(bytes, 0, name, JAVA_BYTE, 2, bytes.length);
        return name;
    }
}
