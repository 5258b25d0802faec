package io.socketbox.linux;

import io.socketbox.bindings.x86_64.cmsghdr;
import io.socketbox.bindings.x86_64.iovec;
import io.socketbox.bindings.x86_64.linux_h;
import io.socketbox.bindings.x86_64.msghdr;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A struct msghdr with one buffer and room for SCM_RIGHTS (unix(7), cmsg(3)). jextract has no function-like macros, so
 * what CMSG_LEN, CMSG_SPACE and CMSG_NXTHDR do is computed here.
 */
final class ControlBuffer {
    /** CMSG_LEN(0), a multiple of CMSG_ALIGN's 8. */
    static final int HEADER = (int) cmsghdr.layout().byteSize();

    /** SCM_MAX_FD: the kernel passes no more in one message. */
    static final int MAX_DESCRIPTORS = 253;

    private static final int LEN = (int) cmsghdr.cmsg_len$offset();
    private static final int LEVEL = (int) cmsghdr.cmsg_level$offset();
    private static final int TYPE = (int) cmsghdr.cmsg_type$offset();
    private static final int CONTROL_LENGTH = (int) msghdr.msg_controllen$offset();
    private static final int FLAGS = (int) msghdr.msg_flags$offset();
    private static final int SOL_SOCKET = linux_h.SOL_SOCKET();
    private static final int SCM_RIGHTS = linux_h.SCM_RIGHTS();
    private static final int MSG_CTRUNC = linux_h.MSG_CTRUNC();

    private final long address;
    private final ByteBuffer header;
    private final ByteBuffer payload;
    private final ByteBuffer control;

    ControlBuffer(Arena arena, int payloadBytes, int descriptors) {
        MemorySegment message = arena.allocate(msghdr.layout().byteSize(), Long.BYTES);
        MemorySegment vector = arena.allocate(iovec.layout().byteSize(), Long.BYTES);
        MemorySegment content = arena.allocate(payloadBytes, Long.BYTES);
        MemorySegment ancillary = arena.allocate(space(descriptors), Long.BYTES);
        address = message.address();
        header = view(message);
        payload = view(content);
        control = view(ancillary);
        view(vector)
                .putLong((int) iovec.iov_base$offset(), content.address())
                .putLong((int) iovec.iov_len$offset(), payloadBytes);
        header.putLong((int) msghdr.msg_iov$offset(), vector.address())
                .putLong((int) msghdr.msg_iovlen$offset(), 1)
                .putLong((int) msghdr.msg_control$offset(), ancillary.address())
                .putLong(CONTROL_LENGTH, control.capacity());
    }

    private static ByteBuffer view(MemorySegment memory) {
        return memory.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** CMSG_LEN for this many descriptors. */
    static int length(int descriptors) {
        return HEADER + descriptors * Integer.BYTES;
    }

    /** CMSG_SPACE for this many descriptors. */
    static int space(int descriptors) {
        return align(length(descriptors));
    }

    private static int align(int bytes) {
        return (bytes + Long.BYTES - 1) & -Long.BYTES;
    }

    long address() {
        return address;
    }

    /** Makes the message carry one descriptor. */
    void putDescriptor(int fd) {
        control.putLong(LEN, length(1));
        control.putInt(LEVEL, SOL_SOCKET);
        control.putInt(TYPE, SCM_RIGHTS);
        control.putInt(HEADER, fd);
    }

    /** Makes the message carry these bytes, which fit, and these descriptors, perhaps none. */
    void put(byte[] bytes, int... descriptors) {
        payload.put(0, bytes);
        header.putLong(CONTROL_LENGTH, descriptors.length == 0 ? 0 : space(descriptors.length));
        control.putLong(LEN, length(descriptors.length));
        control.putInt(LEVEL, SOL_SOCKET);
        control.putInt(TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            control.putInt(HEADER + i * Integer.BYTES, descriptors[i]);
        }
    }

    /** Before recvmsg(2): the kernel overwrites these with what it used. */
    void expect() {
        header.putLong(CONTROL_LENGTH, control.capacity());
        header.putInt(FLAGS, 0);
    }

    boolean truncated() {
        return (header.getInt(FLAGS) & MSG_CTRUNC) != 0;
    }

    void putPayload(int index, byte value) {
        payload.put(index, value);
    }

    byte payloadByte(int index) {
        return payload.get(index);
    }

    /**
     * The offset of the first descriptor that recvmsg(2) delivered at or behind {@code offset}, or -1. Start with 0, go
     * on with the last answer plus four.
     */
    int nextDescriptor(int offset) {
        int end = (int) header.getLong(CONTROL_LENGTH);
        int message = 0;
        while (message + HEADER <= end) {
            int length = (int) control.getLong(message + LEN);
            if (length < HEADER) {
                return -1;
            }
            boolean rights =
                    control.getInt(message + LEVEL) == SOL_SOCKET && control.getInt(message + TYPE) == SCM_RIGHTS;
            int candidate = Math.max(offset, message + HEADER);
            if (rights && candidate + Integer.BYTES <= message + length) {
                return candidate;
            }
            message += align(length);
        }
        return -1;
    }

    int descriptor(int offset) {
        return control.getInt(offset);
    }
}
