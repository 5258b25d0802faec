package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class SocketsTest {
    private final List<Integer> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(Descriptors::close);
    }

    private int socket(int domain, int type) {
        int fd = Sockets.socket(domain, type);
        opened.add(fd);
        return fd;
    }

    private static void assertFails(int errno, String message, Executable call) {
        LinuxException e = assertThrows(LinuxException.class, call);
        assertEquals(message, e.getMessage());
        assertEquals(errno, e.errno());
    }

    @Test
    void bindsListensConnectsAndSends() {
        int listener = socket(Sockets.AF_INET6, Sockets.STREAM);
        Sockets.setOption(listener, SocketOption.SO_REUSEADDR, 1);
        Sockets.bindInet6(listener, 0, 1, 0, 0);
        assertEquals(0, Sockets.getOption(listener, SocketOption.SO_ACCEPTCONN));
        Sockets.listen(listener, 5);
        assertEquals(1, Sockets.getOption(listener, SocketOption.SO_ACCEPTCONN));
        Endpoint local = Sockets.localAddress(listener);
        assertEquals("[::1]:" + local.port(), local.toString());

        int client = socket(Sockets.AF_INET6, Sockets.STREAM);
        assertEquals(0, Sockets.backlogLength(listener));
        Sockets.connectInet6(client, local.hi(), local.lo(), local.port(), 0);
        assertEquals(1, Sockets.backlogLength(listener));
        int accepted = Sockets.accept(listener);
        opened.add(accepted);

        assertEquals(Sockets.localAddress(client), Sockets.peerAddress(accepted));
        assertEquals(local, Sockets.peerAddress(client));
        assertEquals(3, Sockets.send(client, new byte[] {1, 2, 3}));
        assertArrayEquals(new byte[] {1, 2, 3}, Sockets.receive(accepted, 100));
        Sockets.shutdown(client, Sockets.SHUT_WR);
        assertEquals(0, Sockets.receive(accepted, 100).length);
        Sockets.setLinger(accepted, 0);
    }

    @Test
    void readsWhatKindOfSocketItIs() {
        int socket = socket(Sockets.AF_INET6, Sockets.STREAM);
        assertEquals(Sockets.STREAM, Sockets.getOption(socket, SocketOption.SO_TYPE));
        assertEquals(Sockets.AF_INET6, Sockets.getOption(socket, SocketOption.SO_DOMAIN));
        assertEquals(6, Sockets.getOption(socket, SocketOption.SO_PROTOCOL));
        assertEquals(0, Sockets.getOption(socket, SocketOption.SO_ERROR));
        for (SocketOption option : List.of(
                SocketOption.SO_REUSEADDR,
                SocketOption.SO_REUSEPORT,
                SocketOption.SO_KEEPALIVE,
                SocketOption.IPV6_V6ONLY,
                SocketOption.IPV6_TRANSPARENT,
                SocketOption.IPV6_FREEBIND,
                SocketOption.IP_TRANSPARENT,
                SocketOption.IP_FREEBIND)) {
            for (int value : new int[] {1, 0}) {
                Sockets.setOption(socket, option, value);
                assertEquals(value, Sockets.getOption(socket, option), option.toString());
            }
        }
        Sockets.setOption(socket, SocketOption.SO_SNDBUF, 10_000);
        assertEquals(20_000, Sockets.getOption(socket, SocketOption.SO_SNDBUF), "the kernel doubles it");
    }

    @Test
    void namesOfUnixSocketsSurvive(@TempDir Path folder) {
        String path = ByteStrings.of(folder.toString()) + "/caf\u00ff";
        int socket = socket(Sockets.AF_UNIX, Sockets.DGRAM);
        assertEquals("", Sockets.localAddress(socket).unixPath());
        Sockets.bindUnix(socket, path);
        assertEquals(path, Sockets.localAddress(socket).unixPath());
        assertTrue(FileCalls.stat(path).isSocket());

        int client = socket(Sockets.AF_UNIX, Sockets.DGRAM);
        Sockets.connectUnix(client, path);
        assertEquals(path, Sockets.peerAddress(client).unixPath());

        int unnamed = socket(Sockets.AF_UNIX, Sockets.SEQPACKET);
        String name = "\0a\0b" + Processes.pid();
        Sockets.bindUnix(unnamed, name);
        assertEquals(name, Sockets.localAddress(unnamed).unixPath());

        String longest = ByteStrings.of(folder.toString()) + "/";
        longest += "x".repeat(107 - longest.length());
        Sockets.bindUnix(socket(Sockets.AF_UNIX, Sockets.DGRAM), longest);
        assertTrue(FileCalls.stat(longest).isSocket());
    }

    @Test
    void tellsWhoConnected() {
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.SEQPACKET);
        opened.add(pair[0]);
        opened.add(pair[1]);
        PeerCredentials peer = Sockets.peerCredentials(pair[0]);
        assertEquals(new PeerCredentials(Processes.pid(), Credentials.uid(), Credentials.gid()), peer);
    }

    @Test
    void findsInterfaces() {
        assertEquals(1, Sockets.interfaceIndex("lo"));
        assertFails(
                Errno.ENODEV,
                "if_nametoindex nosuch0: ENODEV (No such device)",
                () -> Sockets.interfaceIndex("nosuch0"));
    }

    @Test
    void failuresSayCallArgumentsAndReason() {
        int socket = socket(Sockets.AF_INET6, Sockets.STREAM);
        int unix = socket(Sockets.AF_UNIX, Sockets.DGRAM);
        assertFails(
                Errno.EADDRNOTAVAIL,
                "bind [2001:db8::1]:80: EADDRNOTAVAIL (Cannot assign requested address)",
                () -> Sockets.bindInet6(socket, 0x20010db8_0000_0000L, 1, 80, 0));
        assertFails(
                Errno.ENOENT,
                "connect /nosuch/x: ENOENT (No such file or directory)",
                () -> Sockets.connectUnix(unix, "/nosuch/x"));
        assertFails(
                Errno.ECONNREFUSED,
                "connect @nosuch: ECONNREFUSED (Connection refused)",
                () -> Sockets.connectUnix(unix, "\0nosuch"));
        assertFails(
                Errno.ENAMETOOLONG,
                "bind /" + "y".repeat(107) + ": ENAMETOOLONG (File name too long)",
                () -> Sockets.bindUnix(unix, "/" + "y".repeat(107)));
        assertFails(Errno.EINVAL, "connect : EINVAL (Invalid argument)", () -> Sockets.connectUnix(unix, ""));
        assertFails(
                Errno.EBADF,
                "listen on descriptor -1 with backlog 5: EBADF (Bad file descriptor)",
                () -> Sockets.listen(-1, 5));
        assertFails(Errno.EBADF, "accept on descriptor -1: EBADF (Bad file descriptor)", () -> Sockets.accept(-1));
        assertFails(
                Errno.EBADF,
                "setsockopt IPV6_V6ONLY 1 on descriptor -1: EBADF (Bad file descriptor)",
                () -> Sockets.setOption(-1, SocketOption.IPV6_V6ONLY, 1));
        assertFails(
                Errno.EBADF,
                "setsockopt SO_LINGER 0 on descriptor -1: EBADF (Bad file descriptor)",
                () -> Sockets.setLinger(-1, 0));
        assertFails(
                Errno.EBADF,
                "getsockopt SO_TYPE on descriptor -1: EBADF (Bad file descriptor)",
                () -> Sockets.getOption(-1, SocketOption.SO_TYPE));
        assertFails(
                Errno.EBADF,
                "getsockopt SO_PEERCRED on descriptor -1: EBADF (Bad file descriptor)",
                () -> Sockets.peerCredentials(-1));
        assertFails(
                Errno.EBADF,
                "getsockopt TCP_INFO on descriptor -1: EBADF (Bad file descriptor)",
                () -> Sockets.backlogLength(-1));
        assertFails(
                Errno.EBADF,
                "getsockname of descriptor -1: EBADF (Bad file descriptor)",
                () -> Sockets.localAddress(-1));
        assertFails(
                Errno.ENOTCONN,
                "getpeername of descriptor " + socket + ": ENOTCONN (Transport endpoint is not connected)",
                () -> Sockets.peerAddress(socket));
        assertFails(
                Errno.EPIPE,
                "send 3 bytes on descriptor " + socket + ": EPIPE (Broken pipe)",
                () -> Sockets.send(socket, new byte[3]));
        assertFails(
                Errno.ENOTCONN,
                "recv on descriptor " + socket + ": ENOTCONN (Transport endpoint is not connected)",
                () -> Sockets.receive(socket, 1));
        assertFails(
                Errno.ENOTCONN,
                "shutdown of descriptor " + socket + ": ENOTCONN (Transport endpoint is not connected)",
                () -> Sockets.shutdown(socket, Sockets.SHUT_RD));
        assertFails(
                Errno.EAFNOSUPPORT,
                "socket family 77 SOCK_STREAM: EAFNOSUPPORT (Address family not supported by protocol)",
                () -> Sockets.socket(77, Sockets.STREAM));
        assertFails(
                Errno.EOPNOTSUPP,
                "socketpair AF_INET6 SOCK_STREAM: EOPNOTSUPP (Operation not supported)",
                () -> Sockets.socketPair(Sockets.AF_INET6, Sockets.STREAM));
    }
}
