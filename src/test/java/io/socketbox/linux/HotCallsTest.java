package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.bindings.x86_64.cmsghdr;
import io.socketbox.bindings.x86_64.iovec;
import io.socketbox.bindings.x86_64.linux_h;
import io.socketbox.bindings.x86_64.msghdr;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HotCallsTest {
    private static final long V4_LOOPBACK = 0xffff_7f00_0001L;
    private static final long FOREVER = -1;

    private final HotCalls calls = new HotCalls(4);
    private final List<Integer> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(calls::close);
        calls.close();
    }

    private int track(int fd) {
        assertTrue(fd >= 0, () -> Errno.describe(calls.errno()));
        opened.add(fd);
        return fd;
    }

    private int[] track(int[] pair) {
        opened.add(pair[0]);
        opened.add(pair[1]);
        return pair;
    }

    private int listener() {
        int listener = track(Sockets.socket(Sockets.AF_INET6, Sockets.STREAM));
        Sockets.bindInet6(listener, 0, 0, 0, 0);
        Sockets.listen(listener, 16);
        return listener;
    }

    private int connect(long lo, int port) {
        int client = track(Sockets.socket(Sockets.AF_INET6, Sockets.STREAM));
        Sockets.connectInet6(client, 0, lo, port, 0);
        return client;
    }

    @Test
    void acceptTellsBothAddressesOfAnIpv6Connection() {
        int listener = listener();
        int port = Sockets.localAddress(listener).port();
        int client = connect(1, port);

        int accepted = track(calls.accept4(listener));

        assertEquals(Sockets.AF_INET6, calls.peerFamily());
        assertEquals(0, calls.peerHi());
        assertEquals(1, calls.peerLo());
        assertEquals(Sockets.localAddress(client).port(), calls.peerPort());
        assertEquals(0, calls.getsockname(accepted));
        assertEquals(Sockets.AF_INET6, calls.localFamily());
        assertEquals(0, calls.localHi());
        assertEquals(1, calls.localLo());
        assertEquals(port, calls.localPort());
        assertTrue(Descriptors.isCloseOnExec(accepted));
        assertFalse(Descriptors.isNonBlocking(accepted));
    }

    @Test
    void acceptTellsV4MappedAddresses() {
        int listener = listener();
        int port = Sockets.localAddress(listener).port();
        connect(V4_LOOPBACK, port);

        int accepted = track(calls.accept4(listener));
        calls.getsockname(accepted);

        assertEquals(Sockets.AF_INET6, calls.localFamily());
        assertEquals(V4_LOOPBACK, calls.localLo());
        assertEquals(0, calls.localHi());
        assertEquals(V4_LOOPBACK, calls.peerLo());
    }

    @Test
    void addressesOfAnInetSocketAreGivenAsV4Mapped() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            assertTrue(((InetSocketAddress) server.getLocalAddress()).getAddress() instanceof Inet4Address);
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            int listener = descriptorOfListener(port);
            int client = connect(V4_LOOPBACK, port);

            int accepted = track(calls.accept4(listener));

            assertEquals(Sockets.AF_INET, calls.peerFamily());
            assertEquals(V4_LOOPBACK, calls.peerLo());
            assertEquals(Sockets.localAddress(client).port(), calls.peerPort());
            assertEquals(0, calls.getsockname(accepted));
            assertEquals(Sockets.AF_INET, calls.localFamily());
            assertEquals(0, calls.localHi());
            assertEquals(V4_LOOPBACK, calls.localLo());
            assertEquals(port, calls.localPort());
            assertEquals("127.0.0.1:" + port, Sockets.localAddress(accepted).toString());
        }
    }

    /** The descriptor of a socket that Java opened. */
    private static int descriptorOfListener(int port) {
        for (var entry : Descriptors.list().entrySet()) {
            if (entry.getValue().startsWith("socket:")
                    && Sockets.localAddress(entry.getKey()).port() == port) {
                return entry.getKey();
            }
        }
        throw new AssertionError("no descriptor listens on port " + port);
    }

    @Test
    void unixSocketsHaveNoInternetAddress() {
        int[] pair = track(Sockets.socketPair(Sockets.AF_UNIX, Sockets.STREAM));
        calls.getsockname(pair[0]);
        assertEquals(Sockets.AF_UNIX, calls.localFamily());
        assertEquals(0, calls.localHi());
        assertEquals(0, calls.localLo());
        assertEquals(0, calls.localPort());
    }

    @Test
    void aFailedCallForgetsTheAddressBefore() {
        int listener = listener();
        connect(1, Sockets.localAddress(listener).port());
        int accepted = track(calls.accept4(listener));
        calls.getsockname(accepted);

        assertEquals(-1, calls.getsockname(-1));

        assertEquals(Errno.EBADF, calls.errno());
        assertEquals(0, calls.localLo());
        assertEquals(0, calls.localPort());
        assertEquals(-1, calls.getpeername(listener));
        assertEquals(Errno.ENOTCONN, calls.errno());
        assertEquals(0, calls.peerLo());
    }

    @Test
    void aConnectionTravelsThroughASocketPair() {
        int[] pair = track(Sockets.socketPair(Sockets.AF_UNIX, Sockets.DGRAM));
        int listener = listener();
        int client = connect(1, Sockets.localAddress(listener).port());
        int accepted = track(calls.accept4(listener));

        assertEquals(1, calls.sendDescriptor(pair[0], accepted));
        assertEquals(1, calls.receiveDescriptor(pair[1], false));

        int received = track(calls.receivedFd());
        assertNotEquals(accepted, received);
        assertEquals(0, calls.payloadByte(0));
        assertFalse(calls.truncated());
        assertTrue(Descriptors.isCloseOnExec(received));
        assertTrue(FileCalls.fstat(accepted).isSameFile(FileCalls.fstat(received)));
        calls.getpeername(received);
        assertEquals(Sockets.localAddress(client).port(), calls.peerPort());
        Sockets.send(received, ByteStrings.bytes("hello"));
        assertEquals("hello", ByteStrings.of(Sockets.receive(client, 100)));
    }

    @Test
    void aMessageWithoutDescriptorAndAnEmptyQueue() {
        int[] pair = track(Sockets.socketPair(Sockets.AF_UNIX, Sockets.SEQPACKET));
        Sockets.send(pair[0], new byte[] {(byte) 0x80, 0, 0, 7});

        assertEquals(4, calls.receiveDescriptor(pair[1], true));
        assertEquals(-1, calls.receivedFd());
        assertEquals((byte) 0x80, calls.payloadByte(0));
        assertEquals(7, calls.payloadByte(3));

        assertEquals(-1, calls.receiveDescriptor(pair[1], false));
        assertEquals(Errno.EAGAIN, calls.errno());
        calls.close(pair[0]);
        assertEquals(0, calls.receiveDescriptor(pair[1], true), "end of file");
    }

    @Test
    void furtherDescriptorsAreClosed() {
        int[] pair = track(Sockets.socketPair(Sockets.AF_UNIX, Sockets.DGRAM));
        int[] pipe = track(Descriptors.pipe());
        sendDescriptors(pair[0], pipe[0], pipe[1], pipe[0]);
        var before = Descriptors.list();

        assertEquals(1, calls.receiveDescriptor(pair[1], false));

        int received = track(calls.receivedFd());
        assertTrue(FileCalls.fstat(pipe[0]).isSameFile(FileCalls.fstat(received)));
        var after = Descriptors.list();
        assertEquals(1, after.size() - before.size(), () -> before + " became " + after);
    }

    private void sendDescriptors(int socket, int... fds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = arena.allocate(ControlBuffer.space(fds.length), Long.BYTES);
            cmsghdr.cmsg_len(control, ControlBuffer.length(fds.length));
            cmsghdr.cmsg_level(control, linux_h.SOL_SOCKET());
            cmsghdr.cmsg_type(control, linux_h.SCM_RIGHTS());
            MemorySegment.copy(fds, 0, control, ValueLayout.JAVA_INT, ControlBuffer.HEADER, fds.length);
            MemorySegment vector = arena.allocate(iovec.layout());
            iovec.iov_base(vector, arena.allocate(1));
            iovec.iov_len(vector, 1);
            MemorySegment message = arena.allocate(msghdr.layout());
            msghdr.msg_iov(message, vector);
            msghdr.msg_iovlen(message, 1);
            msghdr.msg_control(message, control);
            msghdr.msg_controllen(message, control.byteSize());
            assertEquals(1, linux_h.sendmsg(socket, message, 0));
        }
    }

    @Test
    void aFullQueueSaysSo() {
        int[] pair = track(Sockets.socketPair(Sockets.AF_UNIX, Sockets.DGRAM));
        int sent = 0;
        while (calls.sendDescriptor(pair[0], pair[1]) == 1 && sent < 100_000) {
            sent++;
        }
        assertEquals(Errno.EAGAIN, calls.errno());
        assertTrue(sent > 0);
    }

    @Test
    void connectsToPathsAndAbstractNames(@TempDir Path folder) {
        String path = ByteStrings.of(folder.resolve("gr\u00fc\u00dfe").toString());
        String name = "\0socketbox-test-" + ProcessHandle.current().pid();
        for (String address : List.of(path, name)) {
            int receiver = track(Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM));
            Sockets.bindUnix(receiver, address);
            int sender = track(calls.socket(Sockets.AF_UNIX, Sockets.DGRAM | Sockets.CLOEXEC, 0));

            assertEquals(0, calls.connectUnix(sender, address));

            assertEquals(1, calls.sendDescriptor(sender, sender));
            assertEquals(1, calls.receiveDescriptor(receiver, true));
            track(calls.receivedFd());
            assertEquals(address, Sockets.peerAddress(sender).unixPath());
        }
        int sender = track(calls.socket(Sockets.AF_UNIX, Sockets.DGRAM, 0));
        assertEquals(-1, calls.connectUnix(sender, path + "-absent"));
        assertEquals(Errno.ENOENT, calls.errno());
        assertEquals(-1, calls.connectUnix(sender, "x".repeat(108)));
        assertEquals(Errno.ENAMETOOLONG, calls.errno());
        assertEquals(-1, calls.connectUnix(sender, ""));
        assertEquals(Errno.EINVAL, calls.errno());
    }

    @Test
    void epollReportsWhatWasAskedFor() {
        int epoll = track(calls.epollCreate());
        int event = track(Descriptors.eventFd());
        int other = track(Descriptors.eventFd());
        assertEquals(0, calls.epollAdd(epoll, event, Epoll.IN | Epoll.ET, 0x1234_5678_9abc_def0L));
        assertEquals(0, calls.epollAdd(epoll, other, Epoll.IN | Epoll.EXCLUSIVE, FOREVER));
        assertEquals(-1, calls.epollAdd(epoll, event, Epoll.IN, 0));
        assertEquals(Errno.EEXIST, calls.errno());
        assertEquals(0, calls.epollWait(epoll, 0));

        Descriptors.signalEventFd(event);
        Descriptors.signalEventFd(event);

        assertEquals(1, calls.epollWait(epoll, -1));
        assertEquals(Epoll.IN, calls.eventMask(0));
        assertEquals(0x1234_5678_9abc_def0L, calls.eventData(0));
        assertEquals(2, calls.drainEventFd(event));
        assertEquals(-1, calls.drainEventFd(event));
        assertEquals(Errno.EAGAIN, calls.errno());

        Descriptors.signalEventFd(event);
        Descriptors.signalEventFd(other);
        assertEquals(2, calls.epollWait(epoll, -1));
        assertEquals(Long.MAX_VALUE, Math.max(calls.eventData(0) >>> 1, calls.eventData(1) >>> 1));
        assertEquals(0, calls.epollModify(epoll, event, Epoll.OUT, 5));
        assertEquals(0, calls.epollDelete(epoll, other));
        assertEquals(1, calls.epollWait(epoll, -1));
        assertEquals(Epoll.OUT, calls.eventMask(0));
        assertEquals(5, calls.eventData(0));
    }

    @Test
    void shutdownAndCloseReachTheOtherEnd() {
        int[] pair = track(Sockets.socketPair(Sockets.AF_UNIX, Sockets.DGRAM));
        assertEquals(0, calls.shutdown(pair[1], Sockets.SHUT_RD));
        assertEquals(-1, calls.sendDescriptor(pair[0], pair[0]));
        assertEquals(Errno.EPIPE, calls.errno());
        int copy = Descriptors.dup(pair[0]);
        assertEquals(0, calls.close(copy));
        assertEquals(-1, calls.close(copy));
        assertEquals(Errno.EBADF, calls.errno());
    }

    @Test
    void transparentIsCleared() {
        int socket = track(Sockets.socket(Sockets.AF_INET6, Sockets.STREAM));
        Sockets.setOption(socket, SocketOption.IPV6_TRANSPARENT, 1);
        assertEquals(0, calls.clearTransparent(socket));
        assertEquals(0, Sockets.getOption(socket, SocketOption.IPV6_TRANSPARENT));
        int inet = track(Sockets.socket(Sockets.AF_INET, Sockets.STREAM));
        Sockets.setOption(inet, SocketOption.IP_TRANSPARENT, 1);
        assertEquals(0, calls.clearTransparent(inet));
        assertEquals(0, Sockets.getOption(inet, SocketOption.IP_TRANSPARENT));
    }

    @Test
    void anotherThreadMayNotUseIt() throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> future = other.submit(() -> calls.accept4(-1));
            Exception wrapped = assertThrows(Exception.class, future::get);
            assertEquals(WrongThreadException.class, wrapped.getCause().getClass());
        }
    }

    @Test
    void threadsDoNotDisturbEachOthersErrno() throws Exception {
        AtomicBoolean go = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Integer> bad = threads.submit(() -> {
                try (HotCalls mine = new HotCalls(1)) {
                    return rounds(mine, go, () -> mine.accept4(-1), Errno.EBADF);
                }
            });
            int[] pair = track(Sockets.socketPair(Sockets.AF_UNIX, Sockets.DGRAM));
            Future<Integer> empty = threads.submit(() -> {
                try (HotCalls mine = new HotCalls(1)) {
                    return rounds(mine, go, () -> mine.receiveDescriptor(pair[0], false), Errno.EAGAIN);
                }
            });
            assertEquals(100_000, bad.get());
            assertEquals(100_000, empty.get());
        }
    }

    private interface Call {
        int run();
    }

    private static int rounds(HotCalls mine, AtomicBoolean go, Call call, int expected) {
        int right = 0;
        while (right < 100_000 && go.get()) {
            if (call.run() != -1 || mine.errno() != expected) {
                go.set(false);
            } else {
                right++;
            }
        }
        return right;
    }
}
