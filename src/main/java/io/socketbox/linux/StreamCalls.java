package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The calls that connect stream sockets and move bytes between them, for the one thread that made this object. Every
 * method gives the raw result; after -1, {@link #errno} says why, until the next call. No method waits on a socket that
 * is non-blocking, none allocates, none raises SIGPIPE. Descriptors belong to the caller.
 */
public final class StreamCalls implements AutoCloseable {
    /** The most bytes that one {@link #peek} or {@link #receive} sees. */
    public static final int PEEK_BYTES = 1 << 16;

    private static final MemorySegment BIND = Native.symbol("bind");
    private static final MemorySegment CONNECT = Native.symbol("connect");
    private static final MemorySegment GETSOCKOPT = Native.symbol("getsockopt");
    private static final MemorySegment RECV = Native.symbol("recv");
    private static final MemorySegment SEND = Native.symbol("send");
    private static final MemorySegment WRITE = Native.symbol("write");
    private static final MemorySegment SPLICE = Native.symbol("splice");

    private static final int PEEK = linux_h.MSG_PEEK() | linux_h.MSG_DONTWAIT();
    private static final int RECEIVE_FLAGS = linux_h.MSG_DONTWAIT();
    private static final int DISCARD = linux_h.MSG_TRUNC() | linux_h.MSG_DONTWAIT();
    private static final int SEND_FLAGS = linux_h.MSG_DONTWAIT() | linux_h.MSG_NOSIGNAL();
    private static final int SPLICE_FLAGS = linux_h.SPLICE_F_NONBLOCK();
    private static final int SOL_SOCKET = linux_h.SOL_SOCKET();
    private static final int SO_ERROR = linux_h.SO_ERROR();

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = arena.allocate(Native.STATE);
    private final ByteBuffer stateBytes = state.asByteBuffer().order(ByteOrder.nativeOrder());
    private final MemorySegment buffer = arena.allocate(PEEK_BYTES, Long.BYTES);
    private final AddressBuffer address = new AddressBuffer(arena.allocate(AddressBuffer.BYTES, Long.BYTES));
    private final MemorySegment word = arena.allocate(2 * Integer.BYTES, Long.BYTES);
    private final ByteBuffer wordBytes = word.asByteBuffer().order(ByteOrder.nativeOrder());

    /** Why the last call returned -1; see {@link Errno}. */
    public int errno() {
        return stateBytes.getInt(Native.ERRNO_OFFSET);
    }

    /**
     * splice(2) between a stream socket and a pipe, in either direction, with SPLICE_F_NONBLOCK.
     *
     * @return how many bytes went; 0 at the end of {@code from}
     */
    public int splice(int from, int to, int maxBytes) {
        return (int) Native.call(SPLICE, state, from, 0, to, 0, maxBytes, SPLICE_FLAGS);
    }

    /**
     * recv(2) with MSG_PEEK: what the socket has is copied for {@link #sendReceived} and stays there.
     *
     * @return how many bytes; 0 at the end
     */
    public int peek(int fd) {
        return (int) Native.call(RECV, state, fd, buffer.address(), PEEK_BYTES, PEEK);
    }

    /**
     * recv(2): takes what the socket has, for {@link #sendReceived} and {@link #writeReceived}.
     *
     * @return how many bytes, at most {@link #PEEK_BYTES}; 0 at the end
     */
    public int receive(int fd) {
        return (int) Native.call(RECV, state, fd, buffer.address(), PEEK_BYTES, RECEIVE_FLAGS);
    }

    /** send(2) of the first {@code length} bytes of what {@link #peek} or {@link #receive} saw last. */
    public int sendReceived(int fd, int length) {
        return (int) Native.call(SEND, state, fd, buffer.address(), length, SEND_FLAGS);
    }

    /** write(2) to a pipe of {@code length} bytes, from {@code offset} on, of what {@link #receive} saw last. */
    public int writeReceived(int fd, int offset, int length) {
        return (int) Native.call(WRITE, state, fd, buffer.address() + offset, length);
    }

    /** Takes bytes off a socket that {@link #peek} has seen there: recv(2) with MSG_TRUNC, which TCP does without copying. */
    public int discard(int fd, int length) {
        return (int) Native.call(RECV, state, fd, buffer.address(), length, DISCARD);
    }

    /** send(2) of {@code bytes} from {@code offset} on, at most {@link #PEEK_BYTES} of them. */
    public int send(int fd, byte[] bytes, int offset) {
        int length = Math.min(bytes.length - offset, PEEK_BYTES);
        MemorySegment.copy(bytes, offset, buffer, ValueLayout.JAVA_BYTE, 0, length);
        return sendReceived(fd, length);
    }

    /** bind(2) an AF_INET6 socket. */
    public int bindInet6(int fd, long hi, long lo, int port, int scopeId) {
        address.putInet6(hi, lo, port, scopeId);
        return (int) Native.call(BIND, state, fd, address.address(), address.length());
    }

    /** connect(2) an AF_INET6 socket; a v4-mapped address goes over IPv4. */
    public int connectInet6(int fd, long hi, long lo, int port, int scopeId) {
        address.putInet6(hi, lo, port, scopeId);
        return (int) Native.call(CONNECT, state, fd, address.address(), address.length());
    }

    /**
     * connect(2) to a UNIX socket.
     *
     * @param name a path as a byte string, or an abstract name with its leading NUL, of 1 to 107 bytes
     */
    public int connectUnix(int fd, String name) {
        if (!address.putUnix(name)) {
            stateBytes.putInt(Native.ERRNO_OFFSET, name.isEmpty() ? Errno.EINVAL : Errno.ENAMETOOLONG);
            return -1;
        }
        return (int) Native.call(CONNECT, state, fd, address.address(), address.length());
    }

    /** SO_ERROR of socket(7), which it resets: 0, an errno of the socket's own, or -1. */
    public int takeError(int fd) {
        wordBytes.putInt(0, 0).putInt(Integer.BYTES, Integer.BYTES);
        long value = word.address();
        int result = (int) Native.call(GETSOCKOPT, state, fd, SOL_SOCKET, SO_ERROR, value, value + Integer.BYTES, 0);
        return result == 0 ? wordBytes.getInt(0) : -1;
    }

    /** Frees the native memory; closes no descriptor. By the thread that made this object. */
    @Override
    public void close() {
        arena.close();
    }
}
