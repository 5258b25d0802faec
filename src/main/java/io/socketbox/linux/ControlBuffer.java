package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.socketbox.bindings.x86_64.cmsghdr;
import io.socketbox.bindings.x86_64.iovec;
import io.socketbox.bindings.x86_64.linux_h;
import io.socketbox.bindings.x86_64.msghdr;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A struct msghdr with one buffer and room for SCM_RIGHTS (unix(7), cmsg(3)). jextract has no function-like macros, so what
 * CMSG_LEN, CMSG_SPACE and CMSG_NXTHDR do is computed here.
 */
final class ControlBuffer {
    /** CMSG_LEN(0), a multiple of CMSG_ALIGN's 8. */
    static final long HEADER = cmsghdr.layout().byteSize();

    /** SCM_MAX_FD: the kernel passes no more in one message. */
    static final int MAX_DESCRIPTORS = 253;

    private static final long LEN = cmsghdr.cmsg_len$offset();
    private static final long LEVEL = cmsghdr.cmsg_level$offset();
    private static final long TYPE = cmsghdr.cmsg_type$offset();
    private static final long CONTROL_LENGTH = msghdr.msg_controllen$offset();
    private static final long FLAGS = msghdr.msg_flags$offset();
    private static final int SOL_SOCKET = linux_h.SOL_SOCKET();
    private static final int SCM_RIGHTS = linux_h.SCM_RIGHTS();
    private static final int MSG_CTRUNC = linux_h.MSG_CTRUNC();

    private final MemorySegment header;
    private final MemorySegment payload;
    private final MemorySegment control;

    ControlBuffer(Arena arena, int payloadBytes, int descriptors) {
        header = arena.allocate(msghdr.layout());
        payload = arena.allocate(payloadBytes, Long.BYTES);
        control = arena.allocate(space(descriptors), Long.BYTES);
        MemorySegment vector = arena.allocate(iovec.layout());
        vector.set(ValueLayout.ADDRESS, iovec.iov_base$offset(), payload);
        vector.set(JAVA_LONG, iovec.iov_len$offset(), payloadBytes);
        header.set(ValueLayout.ADDRESS, msghdr.msg_iov$offset(), vector);
        header.set(JAVA_LONG, msghdr.msg_iovlen$offset(), 1);
        header.set(ValueLayout.ADDRESS, msghdr.msg_control$offset(), control);
        header.set(JAVA_LONG, CONTROL_LENGTH, control.byteSize());
    }

    /** CMSG_LEN for this many descriptors. */
    static long length(int descriptors) {
        return HEADER + (long) descriptors * Integer.BYTES;
    }

    /** CMSG_SPACE for this many descriptors. */
    static long space(int descriptors) {
        return align(length(descriptors));
    }

    private static long align(long bytes) {
        return (bytes + Long.BYTES - 1) & -Long.BYTES;
    }

    long address() {
        return header.address();
    }

    /** Makes the message carry one descriptor. */
    void putDescriptor(int fd) {
        control.set(JAVA_LONG, LEN, length(1));
        control.set(JAVA_INT, LEVEL, SOL_SOCKET);
        control.set(JAVA_INT, TYPE, SCM_RIGHTS);
        control.set(JAVA_INT, HEADER, fd);
    }

    /** Before recvmsg(2): the kernel overwrites these with what it used. */
    void expect() {
        header.set(JAVA_LONG, CONTROL_LENGTH, control.byteSize());
        header.set(JAVA_INT, FLAGS, 0);
    }

    boolean truncated() {
        return (header.get(JAVA_INT, FLAGS) & MSG_CTRUNC) != 0;
    }

    byte payloadByte(int index) {
        return payload.get(ValueLayout.JAVA_BYTE, index);
    }

    /**
     * The offset of the first descriptor that recvmsg(2) delivered at or behind {@code offset}, or -1. Start with 0, go on
     * with the last answer plus four.
     */
    long nextDescriptor(long offset) {
        long end = header.get(JAVA_LONG, CONTROL_LENGTH);
        long message = 0;
        while (message + HEADER <= end) {
            long length = control.get(JAVA_LONG, message + LEN);
            if (length < HEADER) {
                return -1;
            }
            boolean rights = control.get(JAVA_INT, message + LEVEL) == SOL_SOCKET
                    && control.get(JAVA_INT, message + TYPE) == SCM_RIGHTS;
            long candidate = Math.max(offset, message + HEADER);
            if (rights && candidate + Integer.BYTES <= message + length) {
                return candidate;
            }
            message += align(length);
        }
        return -1;
    }

    int descriptor(long offset) {
        return control.get(JAVA_INT, offset);
    }
}
