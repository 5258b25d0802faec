package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The calls of a hot loop, for the one thread that made this object. Every method gives the raw result; after -1,
 * {@link #errno} says why, until the next call. Nothing allocates after the constructor. Descriptors that methods
 * return are the caller's.
 */
public final class HotCalls implements AutoCloseable {
    private static final MemorySegment ACCEPT4 = Native.symbol("accept4");
    private static final MemorySegment CLOSE = Native.symbol("close");
    private static final MemorySegment CONNECT = Native.symbol("connect");
    private static final MemorySegment EPOLL_CREATE1 = Native.symbol("epoll_create1");
    private static final MemorySegment EPOLL_CTL = Native.symbol("epoll_ctl");
    private static final MemorySegment EPOLL_WAIT = Native.symbol("epoll_wait");
    private static final MemorySegment GETPEERNAME = Native.symbol("getpeername");
    private static final MemorySegment GETSOCKNAME = Native.symbol("getsockname");
    private static final MemorySegment IOCTL = Native.symbol("ioctl");
    private static final MemorySegment READ = Native.symbol("read");
    private static final MemorySegment WRITE = Native.symbol("write");
    private static final MemorySegment RECVMSG = Native.symbol("recvmsg");
    private static final MemorySegment SENDMSG = Native.symbol("sendmsg");
    private static final MemorySegment SETSOCKOPT = Native.symbol("setsockopt");
    private static final MemorySegment SHUTDOWN = Native.symbol("shutdown");
    private static final MemorySegment SOCKET = Native.symbol("socket");

    private static final int SOCK_CLOEXEC = linux_h.SOCK_CLOEXEC();
    private static final int EPOLL_CLOEXEC = linux_h.EPOLL_CLOEXEC();
    private static final int CTL_ADD = linux_h.EPOLL_CTL_ADD();
    private static final int CTL_MOD = linux_h.EPOLL_CTL_MOD();
    private static final int CTL_DEL = linux_h.EPOLL_CTL_DEL();
    private static final int SEND_FLAGS = linux_h.MSG_DONTWAIT() | linux_h.MSG_NOSIGNAL();
    private static final int MSG_DONTWAIT = linux_h.MSG_DONTWAIT();
    private static final int MSG_CMSG_CLOEXEC = linux_h.MSG_CMSG_CLOEXEC();
    private static final int IPPROTO_IPV6 = linux_h.IPPROTO_IPV6();
    private static final int IPPROTO_IP = linux_h.IPPROTO_IP();
    private static final int IPV6_TRANSPARENT = linux_h.IPV6_TRANSPARENT();
    private static final int IP_TRANSPARENT = linux_h.IP_TRANSPARENT();

    private static final int SIOCOUTQ = linux_h.SIOCOUTQ();

    private static final int EVENT_SIZE = Abi.EpollEvent.SIZE;
    private static final int EVENT_MASK = Abi.EpollEvent.EVENTS;
    private static final int EVENT_DATA = Abi.EpollEvent.DATA;
    private static final int MAX_PAYLOAD = 256;
    /** What the register protocol says of a message that carries a connection: 03 00 00 00. */
    private static final int REGISTERED_PAYLOAD = 4;

    private static final byte REGISTERED_CODE = 3;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = arena.allocate(Native.STATE);
    private final ByteBuffer stateBytes = view(state);
    private final AddressBuffer local = new AddressBuffer(arena.allocate(AddressBuffer.BYTES, Long.BYTES));
    private final AddressBuffer peer = new AddressBuffer(arena.allocate(AddressBuffer.BYTES, Long.BYTES));
    private final AddressBuffer target = new AddressBuffer(arena.allocate(AddressBuffer.BYTES, Long.BYTES));
    private final ControlBuffer outgoing = new ControlBuffer(arena, 1, 1);
    private final ControlBuffer registered = new ControlBuffer(arena, REGISTERED_PAYLOAD, 1);
    private final ControlBuffer incoming = new ControlBuffer(arena, MAX_PAYLOAD, ControlBuffer.MAX_DESCRIPTORS);
    private final MemorySegment word = arena.allocate(Long.BYTES, Long.BYTES);
    private final ByteBuffer wordBytes = view(word);
    private final MemorySegment change = arena.allocate(EVENT_SIZE, Long.BYTES);
    private final ByteBuffer changeBytes = view(change);
    private final MemorySegment events;
    private final ByteBuffer eventBytes;
    private final int maxEvents;
    private int receivedFd = -1;

    /** @param maxEvents the most events that one {@link #epollWait} returns, at least 1 */
    public HotCalls(int maxEvents) {
        this.maxEvents = maxEvents;
        this.events = arena.allocate((long) EVENT_SIZE * maxEvents, Long.BYTES);
        this.eventBytes = view(events);
        registered.putPayload(0, REGISTERED_CODE);
    }

    private static ByteBuffer view(MemorySegment memory) {
        return memory.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** Why the last call returned -1; see {@link Errno}. */
    public int errno() {
        return stateBytes.getInt(Native.ERRNO_OFFSET);
    }

    /** accept4(2) with SOCK_CLOEXEC alone; keeps the peer's address. */
    public int accept4(int listenFd) {
        peer.expect();
        int fd = (int) Native.call(ACCEPT4, state, listenFd, peer.address(), peer.lengthAddress(), SOCK_CLOEXEC);
        decode(peer, fd);
        return fd;
    }

    /** getsockname(2), into {@link #localHi} and the others. */
    public int getsockname(int fd) {
        local.expect();
        int result = (int) Native.call(GETSOCKNAME, state, fd, local.address(), local.lengthAddress());
        decode(local, result);
        return result;
    }

    /** getpeername(2), into {@link #peerHi} and the others. */
    public int getpeername(int fd) {
        peer.expect();
        int result = (int) Native.call(GETPEERNAME, state, fd, peer.address(), peer.lengthAddress());
        decode(peer, result);
        return result;
    }

    private static void decode(AddressBuffer address, int result) {
        if (result >= 0) {
            address.decode();
        } else {
            address.clear();
        }
    }

    /** The local address's first 64 bits in network order. IPv4 is v4-mapped; of other families, {@code ::} port 0. */
    public long localHi() {
        return local.hi();
    }

    /** The local address's last 64 bits in network order. */
    public long localLo() {
        return local.lo();
    }

    /** The local port. */
    public int localPort() {
        return local.port();
    }

    /** AF_INET, AF_INET6, ... as in {@link Sockets}. */
    public int localFamily() {
        return local.family();
    }

    /** The peer address's first 64 bits in network order, as {@link #localHi}. */
    public long peerHi() {
        return peer.hi();
    }

    /** The peer address's last 64 bits in network order. */
    public long peerLo() {
        return peer.lo();
    }

    /** The peer's port. */
    public int peerPort() {
        return peer.port();
    }

    /** The family of the peer's address. */
    public int peerFamily() {
        return peer.family();
    }

    /**
     * Sends one NUL byte with {@code fd} attached (unix(7), SCM_RIGHTS), without waiting and without SIGPIPE. The
     * caller's own copy of {@code fd} stays open.
     */
    public int sendDescriptor(int socketFd, int fd) {
        outgoing.putDescriptor(fd);
        return (int) Native.call(SENDMSG, state, socketFd, outgoing.address(), SEND_FLAGS);
    }

    /** As {@link #sendDescriptor}, with the four bytes of payload that a registered receiver is sent. */
    public int sendRegistered(int socketFd, int fd) {
        registered.putDescriptor(fd);
        return (int) Native.call(SENDMSG, state, socketFd, registered.address(), SEND_FLAGS);
    }

    /**
     * How much memory the messages take that were sent over a UNIX socket and not received yet: SIOCOUTQ, some hundred
     * bytes for each; -1 after an error.
     */
    public int outgoingBytes(int fd) {
        int result = (int) Native.call(IOCTL, state, fd, SIOCOUTQ, word.address());
        return result < 0 ? result : wordBytes.getInt(0);
    }

    /**
     * Receives one message, of which 256 bytes of payload are kept. Its first descriptor, if any, is then {@link
     * #receivedFd} and the caller's; further ones are closed.
     *
     * @param wait whether to wait on a socket that is blocking
     * @return the payload's length; 0 when the peer has closed a stream or seqpacket connection
     */
    public int receiveDescriptor(int socketFd, boolean wait) {
        receivedFd = -1;
        incoming.expect();
        int flags = wait ? MSG_CMSG_CLOEXEC : MSG_CMSG_CLOEXEC | MSG_DONTWAIT;
        int length = (int) Native.call(RECVMSG, state, socketFd, incoming.address(), flags);
        if (length >= 0) {
            keepFirstDescriptor();
        }
        return length;
    }

    private void keepFirstDescriptor() {
        int offset = incoming.nextDescriptor(0);
        if (offset >= 0) {
            receivedFd = incoming.descriptor(offset);
            while ((offset = incoming.nextDescriptor(offset + Integer.BYTES)) >= 0) {
                close(incoming.descriptor(offset));
            }
        }
    }

    /** The descriptor that the last {@link #receiveDescriptor} brought, close-on-exec, or -1. */
    public int receivedFd() {
        return receivedFd;
    }

    /** Whether the last message had descriptors that were lost (MSG_CTRUNC: this process is at its limit). */
    public boolean truncated() {
        return incoming.truncated();
    }

    /** Byte {@code index} of the last message's payload. */
    public byte payloadByte(int index) {
        return incoming.payloadByte(index);
    }

    /** socket(2); {@code type} as it is, so add {@link Sockets#CLOEXEC} and {@link Sockets#NONBLOCK} where wanted. */
    public int socket(int domain, int type, int protocol) {
        return (int) Native.call(SOCKET, state, domain, type, protocol);
    }

    /**
     * connect(2) to a UNIX socket.
     *
     * @param address a path as a byte string, or an abstract name with its leading NUL; past 107 bytes: ENAMETOOLONG
     */
    public int connectUnix(int fd, String address) {
        if (!target.putUnix(address)) {
            stateBytes.putInt(Native.ERRNO_OFFSET, address.isEmpty() ? Errno.EINVAL : Errno.ENAMETOOLONG);
            return -1;
        }
        return (int) Native.call(CONNECT, state, fd, target.address(), target.length());
    }

    /** epoll_create1(2), close-on-exec. */
    public int epollCreate() {
        return (int) Native.call(EPOLL_CREATE1, state, EPOLL_CLOEXEC);
    }

    /** EPOLL_CTL_ADD: {@code data} comes back with each event. */
    public int epollAdd(int epollFd, int fd, int eventMask, long data) {
        return control(epollFd, CTL_ADD, fd, eventMask, data);
    }

    /** EPOLL_CTL_MOD. */
    public int epollModify(int epollFd, int fd, int eventMask, long data) {
        return control(epollFd, CTL_MOD, fd, eventMask, data);
    }

    /** EPOLL_CTL_DEL; closing the last copy of a descriptor does the same. */
    public int epollDelete(int epollFd, int fd) {
        return control(epollFd, CTL_DEL, fd, 0, 0);
    }

    private int control(int epollFd, int operation, int fd, int eventMask, long data) {
        changeBytes.putInt(EVENT_MASK, eventMask);
        changeBytes.putLong(EVENT_DATA, data);
        return (int) Native.call(EPOLL_CTL, state, epollFd, operation, fd, change.address());
    }

    /**
     * epoll_wait(2).
     *
     * @param timeoutMs -1 waits for ever, 0 not at all
     * @return how many events there are to read with {@link #eventMask} and {@link #eventData}
     */
    public int epollWait(int epollFd, int timeoutMs) {
        return (int) Native.call(EPOLL_WAIT, state, epollFd, events.address(), maxEvents, timeoutMs);
    }

    /** The {@link Epoll} bits of event {@code index}. */
    public int eventMask(int index) {
        return eventBytes.getInt(index * EVENT_SIZE + EVENT_MASK);
    }

    /** The data that event {@code index}'s descriptor was added with. */
    public long eventData(int index) {
        return eventBytes.getLong(index * EVENT_SIZE + EVENT_DATA);
    }

    /** shutdown(2); {@code how} is one of {@link Sockets#SHUT_RD} and its like. */
    public int shutdown(int fd, int how) {
        return (int) Native.call(SHUTDOWN, state, fd, how);
    }

    /** close(2). The descriptor is gone whatever the result says. */
    public int close(int fd) {
        return (int) Native.call(CLOSE, state, fd);
    }

    /** Clears IPV6_TRANSPARENT, or IP_TRANSPARENT where the socket is AF_INET. */
    public int clearTransparent(int fd) {
        wordBytes.putInt(0, 0);
        int result = setInt(fd, IPPROTO_IPV6, IPV6_TRANSPARENT);
        return result == 0 ? 0 : setInt(fd, IPPROTO_IP, IP_TRANSPARENT);
    }

    private int setInt(int fd, int level, int option) {
        return (int) Native.call(SETSOCKOPT, state, fd, level, option, word.address(), Integer.BYTES, 0);
    }

    /** Reads and so resets the counter of an eventfd(2). */
    public long drainEventFd(int fd) {
        long length = Native.call(READ, state, fd, word.address(), Long.BYTES);
        return length == Long.BYTES ? wordBytes.getLong(0) : -1;
    }

    /** Adds one to the counter of an eventfd(2). */
    public int signalEventFd(int fd) {
        wordBytes.putLong(0, 1);
        return (int) Native.call(WRITE, state, fd, word.address(), Long.BYTES);
    }

    /** Frees the native memory; closes no descriptor. By the thread that made this object. */
    @Override
    public void close() {
        arena.close();
    }
}
