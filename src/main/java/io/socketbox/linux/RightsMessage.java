package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A message on a UNIX socket, with the descriptors that came along (unix(7), SCM_RIGHTS). Calls throw {@link
 * LinuxException}; any thread may use them. {@link HotCalls} has the ones of the hot loop.
 *
 * @param payload its bytes; empty at the end of a connection.
 * @param descriptors close-on-exec; they belong to who received the message.
 * @param truncated whether there were more descriptors than could be taken (MSG_CTRUNC).
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
public record RightsMessage(byte[] payload, List<Integer> descriptors, boolean truncated) {
    private static final MemorySegment RECVMSG = Native.symbol("recvmsg");
    private static final MemorySegment SENDMSG = Native.symbol("sendmsg");

    /**
     * sendmsg(2) without SIGPIPE. The caller's own copies of the descriptors stay open.
     *
     * @param socket a UNIX socket.
     * @param payload at least a byte, so that a stream has something for the descriptors to go with.
     * @param descriptors at most 253.
     */
    public static void send(int socket, byte[] payload, int... descriptors) {
        try (Frame frame = new Frame()) {
            ControlBuffer message = frame.message(payload.length, Math.max(1, descriptors.length));
            message.put(payload, descriptors);
            if (frame.call(SENDMSG, socket, message.address(), linux_h.MSG_NOSIGNAL()) < 0) {
                frame.fail("send " + payload.length + " bytes and " + descriptors.length + " descriptors on descriptor "
                        + socket);
            }
        }
    }

    /** recvmsg(2) of one message, of which {@code maxBytes} of payload are kept. */
    public static RightsMessage receive(int socket, int maxBytes) {
        try (Frame frame = new Frame()) {
            ControlBuffer message = frame.message(maxBytes, ControlBuffer.MAX_DESCRIPTORS);
            message.expect();
            int length = frame.call(RECVMSG, socket, message.address(), linux_h.MSG_CMSG_CLOEXEC());
            if (length < 0) {
                frame.fail("receive on descriptor " + socket);
            }
            byte[] payload = new byte[length];
            for (int i = 0; i < length; i++) {
                payload[i] = message.payloadByte(i);
            }
            List<Integer> descriptors = new ArrayList<>();
            for (int at = message.nextDescriptor(0); at >= 0; at = message.nextDescriptor(at + Integer.BYTES)) {
                descriptors.add(message.descriptor(at));
            }
            return new RightsMessage(payload, descriptors, message.truncated());
        }
    }
}
